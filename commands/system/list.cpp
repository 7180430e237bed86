// `system list`: the queue systems this program knows, and those that the configuration describes.
#include <memory>

#include "backends/systems/catalogue.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/counted.hpp"
#include "formatters/system_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct SystemListOptions {
  bool count = false;  ///< none of them, but how many there are
};

constexpr Option<SystemListOptions> options_of_list[] = {{count_option, into<&SystemListOptions::count>}};

/// One record a system, sorted by name.
ExitCode system_list(const SystemListOptions& options, Context& context) {
  const Catalogue catalogue = catalogue_with(context.configuration.systems);
  const std::vector<const SystemInfo*> systems = catalogue.systems();
  if (options.count) {
    print_counted({systems.size(), Exactness::exact, {}, {{count_words(systems.size(), "queue system")}}}, {}, context);
    return ExitCode::done;
  }
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(
      {"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::list, "name", &system_table()});
  for (const SystemInfo* system : systems) formatter->row(system_record(*system, catalogue.families(system->name)));
  formatter->tell({{{count_words(systems.size(), "queue system")}}, "more about one: queuetrace system show NAME"});
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"system list">) {
  const auto options = std::make_shared<SystemListOptions>();
  CommandForm form(options, system_list);
  form.takes(*options, options_of_list);
  return form;
}

}  // namespace queuetrace

// `system show NAME`: what this program knows about one queue system.
#include <memory>
#include <string>

#include "backends/systems/catalogue.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/system_record.hpp"

namespace queuetrace {
namespace {

struct SystemShowOptions {
  std::string name;
};

constexpr Option<SystemShowOptions> options_of_show[] = {
    {{.names = "NAME", .help = "System, as listed by `system list`", .words = ValueWords::systems, .required = true},
     into<&SystemShowOptions::name>},
};

Error unknown_system(const std::string& name, const Catalogue& catalogue) {
  std::vector<std::string> known;
  for (const SystemInfo* system : catalogue.systems()) known.emplace_back(system->name);
  const std::string hint = did_you_mean(name, known);
  return Error(ErrorKind::not_found, "there is no system " + in_quotes(name))
      .with_hint(hint.empty() ? "known: " + joined(known) : hint);
}

/// One record with the facts and the table of states. Throws Error{not_found} for a name it does not know.
ExitCode system_show(const SystemShowOptions& options, Context& context) {
  const Catalogue catalogue = catalogue_with(context.configuration.systems);
  const SystemInfo* system = catalogue.find(options.name);
  if (system == nullptr) throw unknown_system(options.name, catalogue);
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::detail, "name"});
  Record record = system_record(*system, catalogue.families(system->name));
  const SystemBehaviour behaviour = catalogue.behaviour(system->name);
  for (Field& field : behaviour_fields(behaviour, is_table(context))) record.push_back(std::move(field));
  formatter->row(record);
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"system show">) {
  const auto options = std::make_shared<SystemShowOptions>();
  CommandForm form(options, system_show);
  form.takes(*options, options_of_show);
  return form;
}

}  // namespace queuetrace

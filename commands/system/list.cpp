// `system list`: the queue systems this program knows, and those that the configuration describes.
#include "backends/systems/catalogue.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "formatters/system_record.hpp"

namespace queuetrace {
namespace {

/// One record a system, sorted by name.
ExitCode system_list(Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::list, "name"});
  const Catalogue catalogue = catalogue_with(context.configuration.systems);
  for (const SystemInfo* system : catalogue.systems())
    formatter->row(system_record(*system, catalogue.families(system->name)));
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"system list">) { return CommandForm(system_list); }

}  // namespace queuetrace

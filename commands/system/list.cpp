// `system list`: the queue systems this program knows.
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
  for (const SystemInfo* system : all_systems())
    formatter->row(system_record(*system, built_in_catalogue().families(system->name)));
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"system list">) { return CommandForm(system_list); }

}  // namespace queuetrace

#include "commands/system/list.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "backends/systems/catalogue.hpp"
#include "formatters/system_record.hpp"

namespace queuetrace {

void add_system_list(CLI::App& command, Invocation& chosen) {
  command.callback([&chosen] { chosen = system_list; });
}

ExitCode system_list(Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::list, "name"});
  for (const SystemInfo* system : all_systems()) formatter->row(system_record(*system));
  formatter->end({});
  return ExitCode::done;
}

}  // namespace queuetrace

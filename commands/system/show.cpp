#include "commands/system/show.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "backends/systems/catalogue.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/system_record.hpp"

namespace queuetrace {
namespace {

Error unknown_system(const std::string& name) {
  std::vector<std::string> known;
  for (const SystemInfo* system : all_systems()) known.emplace_back(system->name);
  const std::string hint = did_you_mean(name, known);
  return Error(ErrorKind::not_found, "there is no system " + in_quotes(name))
      .with_hint(hint.empty() ? "known: " + joined(known) : hint);
}

}  // namespace

void add_system_show(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<std::string> name = std::make_shared<std::string>();
  command.add_option("NAME", *name, "A system, as `system list` names it")->required()->type_name("NAME");
  command.callback([name, &chosen] { chosen = [name](Context& context) { return system_show(*name, context); }; });
}

ExitCode system_show(const std::string& name, Context& context) {
  const SystemInfo* system = find_system(name);
  if (system == nullptr) throw unknown_system(name);
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::detail, "name"});
  formatter->row(system_record(*system));
  formatter->end({});
  return ExitCode::done;
}

}  // namespace queuetrace

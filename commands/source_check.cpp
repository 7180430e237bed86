#include "commands/source_check.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "backends/gather.hpp"
#include "commands/outcomes.hpp"
#include "formatters/store_check_record.hpp"

namespace queuetrace {

void add_source_check(CLI::App& command, Invocation& chosen) {
  command.callback([&chosen] { chosen = source_check; });
}

ExitCode source_check(Context& context) {
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  std::vector<StoreCheck> checks(outcome_count(sources));
  const std::vector<SourceOutcome> outcomes = for_each_store(
      sources, [&](JobStore& store, std::size_t index) { checks[index] = store.check(context.limits); });
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.checks/1", "checks", store_check_columns(), Heading::Layout::detail, "source"});
  for (std::size_t index = 0; index < outcomes.size(); ++index)
    if (!outcomes[index].error)
      formatter->row(store_check_record(outcomes[index].address, outcomes[index].system, checks[index]));
  formatter->end(outcome_fields(outcomes, {}));
  report_outcomes(outcomes, {}, context.notices);
  return exit_code_of(outcomes);
}

}  // namespace queuetrace

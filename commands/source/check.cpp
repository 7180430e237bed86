// `source check`: connects to the selected sources and says what is found there, and what to do about it.
#include <algorithm>

#include "backends/gather.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/remedy.hpp"
#include "formatters/store_check_record.hpp"

namespace queuetrace {
namespace {

/// Smaller is worse.
int rank(ErrorKind kind) {
  if (is_unanswered(kind)) return 0;
  return kind == ErrorKind::authentication ? 1 : 2;
}

ExitCode exit_code_of_checks(const std::vector<SourceOutcome>& outcomes) {
  std::optional<ErrorKind> worst;
  std::size_t failed = 0;
  for (const SourceOutcome& outcome : outcomes) {
    if (!outcome.error) continue;
    ++failed;
    if (!worst || rank(outcome.error->kind()) < rank(*worst)) worst = outcome.error->kind();
  }
  if (!worst) return ExitCode::done;
  return failed == outcomes.size() ? exit_code_of(*worst) : ExitCode::partial;
}

/// One record a store. Exit code: done; when nothing answered, that of the worst failure (unreachable before
/// authentication before others); partial when some answered and some did not.
ExitCode source_check(Context& context) {
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  std::vector<StoreCheck> checks(outcome_count(sources));
  const std::vector<SourceOutcome> outcomes =
      for_each_store(sources, [&](JobStore& store, std::size_t index) { checks[index] = store.check(context.limits); });
  const std::vector<const Source*> places = sources_of_outcomes(sources);
  for (std::size_t index = 0; index < checks.size(); ++index)
    for (Finding& finding : checks[index].findings) name_source(finding, *places[index], context);
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.checks/1", "checks", store_check_columns(), Heading::Layout::detail, "source"});
  for (std::size_t index = 0; index < outcomes.size(); ++index)
    if (!outcomes[index].error)
      formatter->row(store_check_record(outcomes[index].address, outcomes[index].system, checks[index]));
  formatter->end(outcome_fields(outcomes, {}));
  report_outcomes(without_unseen(outcomes), {}, context.notices);
  return exit_code_of_checks(outcomes);
}

}  // namespace

CommandForm form(At<"source check">) { return CommandForm(source_check); }

}  // namespace queuetrace

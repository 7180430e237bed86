#include "commands/trace/whole_trace.hpp"

#include "commands/job/find_jobs.hpp"
#include "commands/job/links.hpp"
#include "commands/job/read_matches.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {

CollectedTrace collect_whole_trace(OpenedTrace& trace, std::size_t most_jobs, const Context& context) {
  if (trace.start.jobs.empty()) trace.start.jobs = trace.named = trace.by_prefix;
  return collect_trace(trace.sources, trace.start, {most_jobs, 16, context.limits});
}

ExitCode report_no_trace(const OpenedTrace& trace, const CollectedTrace& collected, const std::string& as,
                         bool all_asked, Context& context) {
  if (!trace.search.found.empty() && !trace.search.found.front().candidates.empty())
    return report_missing(trace.search, context.notices);
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  ExitCode code = exit_code_of(collected.outcomes);
  if (code == ExitCode::done && !all_asked) code = ExitCode::partial;
  const std::string what =
      as.empty() ? "no job with this trace, correlation or job ID" : "no job with this " + as + " id";
  const std::string where = answered(collected.outcomes);
  std::uint64_t scanned = 0;
  for (const SourceOutcome& outcome : collected.outcomes) scanned += outcome.scanned;
  Error error(ErrorKind::not_found, what + (where.empty() ? "" : " in " + where) +
                                        (scanned > 0 ? " (" + count_words(scanned, "job") + " looked at)" : "") + ": " +
                                        in_quotes(trace.typed));
  // A few hexadecimal digits are the start of a job's id rather than a whole trace.
  constexpr std::size_t shortest_trace = 16;
  if (const std::optional<std::string> id = typed_trace(trace); id && trace.typed.size() >= shortest_trace) {
    const LinkMaker links(context, sources_of(trace.sources));
    const Viewer& viewer = links.viewer_for("");
    if (const auto url = viewer.trace_link(*id, context.now()).url)
      error.with_hint("its spans, where " + viewer.name() + " has them: " + *url);
  } else if (as != "trace" && as != "correlation" && trace.typed.size() < shortest_prefix)
    error.with_hint(prefix_hint);
  if (code == ExitCode::done) throw error;
  context.notices.warning(error.what());
  return code;
}

ExitCode report_collected(const CollectedTrace& collected, Context& context) {
  report_outcomes(collected.outcomes, collected.warnings, context.notices);
  if (collected.truncated) context.notices.warning("incomplete: " + *collected.truncated);
  const ExitCode code = exit_code_of(collected.outcomes);
  return code == ExitCode::done && collected.truncated ? ExitCode::partial : code;
}

}  // namespace queuetrace

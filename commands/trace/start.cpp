#include "commands/trace/start.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "backends/attempt.hpp"
#include "commands/filter/input_lines.hpp"
#include "commands/report/pasted_id.hpp"
#include "commands/trace/links.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

std::string text_of(const std::string& typed, const Context& context) {
  if (typed == "-") {
    if (const std::optional<std::string> line = first_input_line(context.in)) return *line;
    throw Error(ErrorKind::usage, "nothing on standard input").with_hint("write a trace, correlation or job ID");
  }
  if (typed == "env") {
    const auto found = context.surroundings.environment.find("TRACEPARENT");
    if (found == context.surroundings.environment.end() || found->second.empty())
      throw Error(ErrorKind::usage, "TRACEPARENT is not set").with_hint("export it, or give the ID itself");
    return found->second;
  }
  if (typed.empty()) throw Error(ErrorKind::usage, "a trace, correlation or job ID cannot be empty");
  return typed;
}

/// Opens the selected sources that are not open yet; one that fails holds its error.
void open_others(std::vector<OpenedSource>& opened, const Context& context) {
  for (const Source& source : context.sources) {
    if (std::any_of(opened.begin(), opened.end(),
                    [&](const OpenedSource& one) { return one.source.name == source.name; }))
      continue;
    std::vector<OpenedSource> more;
    if (const std::optional<Error> error = attempt([&] { more = context.open({source}); })) {
      more.clear();
      more.emplace_back().source = source;
      more.back().error = error;
    }
    std::move(more.begin(), more.end(), std::back_inserter(opened));
  }
}

/// The questions for the trace and the correlation id.
FurtherQuestions questions_of(const TraceStart& start, std::size_t most) {
  FurtherQuestions questions{.filters = {}, .most = most};
  if (start.trace) questions.filters.emplace_back().traces = {*start.trace};
  if (start.correlation_id) questions.filters.emplace_back().correlation_ids = {*start.correlation_id};
  questions.fit = [trace = start.trace, correlation_id = start.correlation_id](const Job& job) {
    return (trace && names_trace(job, *trace)) ||
           (correlation_id && job.trace.correlation_id && job.trace.correlation_id->raw() == *correlation_id);
  };
  return questions;
}

/// Whether the whole text is the id that was found, with its source or not.
bool is_whole(const std::string& typed, const std::string& id) {
  return typed.ends_with(id) && (typed.size() == id.size() || typed[typed.size() - id.size() - 1] == '/');
}

}  // namespace

std::optional<std::string> typed_trace(const OpenedTrace& trace) {
  const std::optional<TraceQuery>& query = trace.start.trace;
  if (!query || query->prefix || query->canonical.empty()) return std::nullopt;
  return query->canonical.front();
}

OpenedTrace open_trace(const std::string& typed, const std::string& as, const Context& context, std::size_t most_jobs) {
  OpenedTrace trace;
  const std::string text = text_of(typed, context);
  trace.typed = as_pasted(text);
  const bool is_ref = named_source(trace.typed, context) != nullptr;
  if (as == "trace") {
    trace.start.trace = make_trace_query(trace.typed);
  } else if (as.empty() && !is_ref) {
    attempt([&] { trace.start.trace = make_trace_query(trace.typed); });  // no trace id: a correlation or a job, then
  }
  if (as == "correlation" || (as.empty() && !is_ref && typed != "env")) trace.start.correlation_id = trace.typed;
  std::vector<std::string> job;
  if (as == "job" || (as.empty() && typed != "env")) job.push_back(text);
  trace.search = find_jobs(job, context, true, questions_of(trace.start, most_jobs));
  for (const Job* found : trace.search.jobs())
    (is_whole(text, found->ref.id.raw()) || is_whole(trace.typed, found->ref.id.raw()) ? trace.named : trace.by_prefix)
        .push_back(*found);
  trace.start.jobs = trace.named;
  std::ranges::move(trace.search.further, std::back_inserter(trace.start.jobs));
  trace.start.outcomes = trace.search.outcomes;
  trace.start.warnings = trace.search.warnings;
  trace.sources = std::exchange(trace.search.sources, {});
  open_others(trace.sources, context);
  return trace;
}

}  // namespace queuetrace

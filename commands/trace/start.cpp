#include "commands/trace/start.hpp"

#include <algorithm>
#include <istream>
#include <iterator>
#include <utility>

#include "backends/attempt.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

std::string text_of(const std::string& typed, const Context& context) {
  if (typed == "-") {
    std::string line;
    while (std::getline(context.in, line)) {
      const std::size_t begin = line.find_first_not_of(" \t\r");
      if (begin != std::string::npos) return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
    }
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

void add_jobs(OpenedTrace& trace, const Context& context) {
  trace.search = find_jobs({trace.typed}, context, true);
  trace.sources = std::exchange(trace.search.sources, {});
  const std::string& typed = trace.typed;
  for (const Job* job : trace.search.jobs()) {
    const std::string& id = job->ref.id.raw();
    const bool whole = typed.ends_with(id) && (typed.size() == id.size() || typed[typed.size() - id.size() - 1] == '/');
    (whole ? trace.start.jobs : trace.by_prefix).push_back(*job);
  }
}

}  // namespace

OpenedTrace open_trace(const std::string& typed, const std::string& as, const Context& context) {
  OpenedTrace trace;
  trace.typed = text_of(typed, context);
  const bool is_ref = named_source(trace.typed, context) != nullptr;
  if (as == "trace") {
    trace.start.trace = make_trace_query(trace.typed);
  } else if (as.empty() && !is_ref) {
    attempt([&] { trace.start.trace = make_trace_query(trace.typed); });  // no trace id: a correlation or a job, then
  }
  if (as == "correlation" || (as.empty() && !is_ref && typed != "env")) trace.start.correlation_id = trace.typed;
  if (as == "job" || (as.empty() && typed != "env")) {
    add_jobs(trace, context);
    open_others(trace.sources, context);
  } else {
    trace.sources = context.open(context.required_sources());
  }
  return trace;
}

}  // namespace queuetrace

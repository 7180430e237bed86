#include "tracing/trace_key.hpp"

#include "tracing/characters.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/tying_id.hpp"

namespace queuetrace {

std::string trace_key(const Job& job) {
  if (!ties_by_trace(job)) return "";
  const ParsedTraceId parsed = parse_stored_trace_id(job.trace.trace_id->raw());
  return parsed.canonical.empty() ? job.trace.trace_id->raw() : parsed.canonical;
}

std::string shared_trace_key(const Job& job) {
  const TraceContext& trace = job.trace;
  if (trace.status == TraceStatus::absent) return "";
  if (trace.status == TraceStatus::opaque && trace.trace_id && all_digits(trace.trace_id->raw())) return "";
  return trace_key(job);
}

}  // namespace queuetrace

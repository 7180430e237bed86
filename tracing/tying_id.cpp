#include "tracing/tying_id.hpp"

namespace queuetrace {

bool is_constant_id(std::string_view text) {
  return text.find_first_of("0123456789") == std::string_view::npos ||
         text.find_first_not_of(text.front()) == std::string_view::npos;
}

bool ties(const Job& job, const std::optional<Untrusted>& span) {
  return span && !span->empty() && job.trace.status != TraceStatus::placeholder && !is_constant_id(span->raw());
}

bool ties_by_trace(const Job& job) {
  const std::optional<Untrusted>& trace = job.trace.trace_id;
  return trace && !trace->empty() && job.trace.status != TraceStatus::placeholder && !is_constant_id(trace->raw());
}

}  // namespace queuetrace

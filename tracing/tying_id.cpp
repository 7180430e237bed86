#include "tracing/tying_id.hpp"

#include <algorithm>
#include <array>

#include "model/letter_case.hpp"

namespace queuetrace {

bool is_no_id(std::string_view text) {
  static constexpr std::array<std::string_view, 11> words{"none", "null", "(null)", "nil",     "undefined",  "unknown",
                                                          "n/a",  "na",   "empty",  "missing", "unavailable"};
  return text.find_first_not_of("0xX-_.:{} \t") == std::string_view::npos ||
         std::ranges::any_of(words, [&](std::string_view word) { return equal_ignoring_case(text, word); });
}

bool is_constant_id(std::string_view text) {
  return is_no_id(text) || text.find_first_of("0123456789") == std::string_view::npos ||
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

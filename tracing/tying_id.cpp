#include "tracing/tying_id.hpp"

#include <algorithm>
#include <array>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
constexpr std::string_view separators = "-_.:/|#,; \t";

constexpr std::size_t fewest_characters = 8;  ///< 32 bits, as of a random number with many leading zeros
constexpr std::size_t fewest_digits = 15;     ///< more than times in milliseconds have

/// Whether `holds` is true of one of the parts between separators.
template <typename Condition>
bool any_part(std::string_view text, Condition holds) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0 && holds(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool is_random(std::string_view part) {
  part.remove_prefix(std::min(part.find_first_not_of("0xX"), part.size()));
  if (part.size() < fewest_characters || part.find_first_of(digits) == std::string_view::npos) return false;
  if (part.find_first_not_of(digits) == std::string_view::npos) return part.size() >= fewest_digits;
  if (part.find_first_not_of(hexadecimal) == std::string_view::npos) return true;
  const std::string_view number = part.substr(part.find_first_of(digits));
  return number.find_first_not_of(digits) != std::string_view::npos || number.size() >= fewest_digits;
}

bool is_stand_in(std::string_view part) {
  static constexpr std::array<std::string_view, 4> words{"temp", "tmp", "dummy", "placeholder"};
  const std::string_view word = part.substr(0, part.find_first_of(digits));
  return std::ranges::any_of(words, [&](std::string_view stand_in) { return equal_ignoring_case(word, stand_in); });
}

}  // namespace

bool is_no_id(std::string_view text) {
  static constexpr std::array<std::string_view, 11> words{"none", "null", "(null)", "nil",     "undefined",  "unknown",
                                                          "n/a",  "na",   "empty",  "missing", "unavailable"};
  return text.find_first_not_of("0xX-_.:{} \t") == std::string_view::npos ||
         std::ranges::any_of(words, [&](std::string_view word) { return equal_ignoring_case(text, word); });
}

bool is_constant_id(std::string_view text) {
  return is_no_id(text) || text.find_first_of("0123456789") == std::string_view::npos ||
         text.find_first_not_of(text.front()) == std::string_view::npos || any_part(text, is_stand_in);
}

bool can_be_span(std::string_view text) { return !is_constant_id(text) && any_part(text, is_random); }

bool ties(const Job& job, const std::optional<Untrusted>& span) {
  return span && job.trace.status != TraceStatus::placeholder && can_be_span(span->raw());
}

bool ties_by_trace(const Job& job) {
  const std::optional<Untrusted>& trace = job.trace.trace_id;
  return trace && !trace->empty() && job.trace.status != TraceStatus::placeholder && !is_constant_id(trace->raw());
}

}  // namespace queuetrace

// Comparing stored texts with a trace query (docs/tracing.md section 2.5).
#include "model/letter_case.hpp"
#include "tracing/trace_id.hpp"

#include <algorithm>

#include "tracing/characters.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

/// Whether hex digits without a known length mean the canonical id.
bool same_digits(std::string_view canonical, std::string_view digits) {
  const std::string_view zeros = canonical.substr(0, canonical.size() - digits.size());
  return zeros.find_first_not_of('0') == std::string_view::npos &&
         equal_ignoring_case(canonical.substr(zeros.size()), digits);
}

/// Hex digits that cannot be read as anything else, so that comparing needs no parsing.
bool is_plain_hex(std::string_view text) { return text.size() <= 32 && all_hex(text) && !all_digits(text); }

/// The hex digits of a UUID, `trace-` UUID or version 00 traceparent, to compare before parsing: most stored ids are
/// other ones. Absent: another shape.
std::optional<TraceNumber> quick_number(std::string_view stored) {
  if (stored.size() == 36) return number_from_uuid(stored);
  if (stored.size() == 42 && stored.starts_with("trace-")) return number_from_uuid(stored.substr(6));
  if (stored.size() == 55 && stored.starts_with("00-")) return number_from_hex(stored.substr(3, 32));
  return std::nullopt;
}

bool low_halves_equal(std::string_view left, std::string_view right) {
  constexpr std::string_view no_high_half = "0000000000000000";
  return left.substr(16) == right.substr(16) && (left.starts_with(no_high_half) || right.starts_with(no_high_half));
}

TraceMatch prefix_grade(const TraceQuery& query, std::string_view stored) {
  const std::string_view digits = std::string_view(query.typed).substr(0, query.typed.size() - 1);
  const bool begins = stored.size() >= digits.size() && equal_ignoring_case(stored.substr(0, digits.size()), digits);
  if (is_plain_hex(stored) && stored.size() == 32) return begins ? TraceMatch::same : TraceMatch::none;
  const ParsedTraceId parsed = parse_stored_trace_id(stored);
  if (parsed.canonical.empty()) return TraceMatch::none;
  if (begins) return TraceMatch::same;
  const bool hidden = parsed.kind.starts_with("decimal") || parsed.kind == "base64";
  return !hidden && parsed.canonical.starts_with(digits) ? TraceMatch::same : TraceMatch::none;
}

}  // namespace

TraceMatch match_grade(const TraceQuery& query, std::string_view stored, bool with_low64) {
  if (stored == query.typed) return TraceMatch::exact;
  if (query.prefix) return prefix_grade(query, stored);
  if (query.canonical.empty()) return TraceMatch::none;
  if (std::ranges::find(query.spellings, stored) != query.spellings.end()) return TraceMatch::same;
  if (is_plain_hex(stored) && !with_low64) {
    const bool same = std::ranges::any_of(query.canonical,
                                          [&](const std::string& canonical) { return same_digits(canonical, stored); });
    return same ? TraceMatch::same : TraceMatch::none;
  }
  if (const std::optional<TraceNumber> number = quick_number(stored); number && !with_low64) {
    const bool possible = std::ranges::any_of(
        query.canonical, [&](const std::string& canonical) { return number_from_hex(canonical) == number; });
    if (!possible) return TraceMatch::none;
  }
  const ParsedTraceId parsed = parse_stored_trace_id(stored);
  if (parsed.canonical.empty()) return TraceMatch::none;
  const auto compare = [&](auto&& equal) {
    return std::ranges::any_of(query.canonical, [&](const std::string& canonical) {
      return equal(canonical, parsed.canonical) ||
             std::ranges::any_of(parsed.also, [&](const std::string& other) { return equal(canonical, other); });
    });
  };
  if (compare([](std::string_view left, std::string_view right) { return left == right; })) return TraceMatch::same;
  if (with_low64 && compare(low_halves_equal)) return TraceMatch::low64;
  return TraceMatch::none;
}

bool matches(const TraceQuery& query, std::string_view stored) {
  return match_grade(query, stored) != TraceMatch::none;
}

}  // namespace queuetrace

// A test of raw bytes before any parsing: can this JSON document contain the trace asked for?
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job_filter.hpp"
#include "model/text_search.hpp"

namespace queuetrace {

/// What every text that matches() accepts must contain, in whatever spelling: the last 12 hex digits of the id (they
/// stand together in hex, UUID, X-Ray, traceparent, B3, Jaeger and Google forms), or its decimal or base64 form; of
/// opaque text its longest part without characters that JSON has short escapes for. Made once per query.
///
/// Cost: one pass over the bytes that skips most of them (model/text_search.hpp), and one for backslashes. Nothing is
/// allocated.
class TraceNeedle {
 public:
  /// `with_low64`: keep documents that match in the low 64 bits only (a 128-bit number in decimal excepted).
  explicit TraceNeedle(const TraceQuery& query, bool with_low64 = false);

  /// False: certainly no string of this JSON text matches the query, escaped (`\u0061`) or not, including nested JSON
  /// strings. True: it may match.
  bool may_occur(std::string_view raw) const;

 private:
  void add(std::string text, bool any_case);
  void add_literal(std::string_view text);
  bool has_escaped_needle_character(std::string_view raw) const;

  std::vector<TextSearch::Text> needles_;
  std::optional<TextSearch> search_;  ///< absent: anything may match
  std::bitset<256> characters_;       ///< bytes of all needles, both cases
};

}  // namespace queuetrace

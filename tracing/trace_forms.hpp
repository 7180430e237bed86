// Recognisers for the shapes a trace id is written in: steps 4 and 7 to 16 of docs/tracing.md section 2.3, one function
// per shape. Each takes the whole text and is linear in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tracing/trace_number.hpp"

namespace queuetrace {

/// What a text was read as: a number, or an error that ends the reading.
struct TraceReading {
  std::string kind;
  std::string error;  ///< if set, nothing else is
  TraceNumber number{};
  std::string span;               ///< 16 hex digits, where the text named a span other than zero
  std::vector<TraceNumber> also;  ///< further readings of an ambiguous text
  std::string note;
};

// Absent: the text has another shape.

std::optional<TraceReading> read_key_value_context(std::string_view text);  ///< `trace_id=...;span_id=...`
std::optional<TraceReading> read_xray(std::string_view text);               ///< header with `Root=`, or the id alone
std::optional<TraceReading> read_google(std::string_view text);             ///< resource name or X-Cloud-Trace-Context
std::optional<TraceReading> read_uber(std::string_view text);               ///< four hex parts with `:` or `%3A`
std::optional<TraceReading> read_traceparent(std::string_view text);        ///< either case, with a note for upper case
std::optional<TraceReading> read_b3(std::string_view text);                 ///< single header with an id
std::optional<TraceReading> read_uuid(std::string_view text);               ///< bare, in braces, `urn:uuid:`, `trace-`
std::optional<TraceReading> read_prefixed_hex(std::string_view text);       ///< `0x` and 1 to 32 digits
std::optional<TraceReading> read_decimal(std::string_view text);            ///< decimal only, as Datadog writes ids
std::optional<TraceReading> read_digits(std::string_view text);             ///< decimal digits of unknown base
std::optional<TraceReading> read_hex(std::string_view text);
std::optional<TraceReading> read_padded_base64(std::string_view text);

/// The first of the shapes above in the order of steps 4 and 7 to 16; absent: opaque text.
std::optional<TraceReading> read_any_form(std::string_view text);

/// Whether the text has exactly three colons, `%3A` counted as one.
bool has_three_colons(std::string_view text);

/// Whether this is a traceparent that may be continued: lower case, version other than `ff`, no zero ids (W3C Trace
/// Context). Its trace id stands at 3, its span at 36.
bool is_strict_traceparent(std::string_view text);
/// It; absent where the text is none that may be continued.
std::optional<TraceReading> read_strict_traceparent(std::string_view text);

}  // namespace queuetrace

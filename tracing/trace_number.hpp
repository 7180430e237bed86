// The value behind every trace id: 128 bits, read from and written in the forms of docs/tracing.md sections 2.2
// and 2.6.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

struct TraceNumber {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool is_zero() const { return high == 0 && low == 0; }
  friend auto operator<=>(const TraceNumber&, const TraceNumber&) = default;
};

/// 1 to 32 hex digits of either case; missing digits are zeros on the left.
std::optional<TraceNumber> number_from_hex(std::string_view digits);
/// 1 to 39 decimal digits; absent above 2^128-1.
std::optional<TraceNumber> number_from_decimal(std::string_view digits);
/// 16 or 8 bytes, big endian.
std::optional<TraceNumber> number_from_bytes(std::string_view bytes);
/// 8-4-4-4-12 hex digits of either case.
std::optional<TraceNumber> number_from_uuid(std::string_view text);
/// `1-` 8 hex `-` 24 hex.
std::optional<TraceNumber> number_from_xray(std::string_view text);

std::string hex16(std::uint64_t value);           ///< 16 lower-case digits
std::string hex32(TraceNumber number);            ///< 32 lower-case digits: the canonical form
std::string hex_stripped(TraceNumber number);     ///< without leading zeros, at least one digit
std::string hex_jaeger(TraceNumber number);       ///< 16 digits when the high half is zero, else 32
std::string decimal(TraceNumber number);          ///< the whole value
std::string uuid_text(TraceNumber number);        ///< 8-4-4-4-12
std::string xray_text(TraceNumber number);        ///< `1-` 8 hex `-` 24 hex
std::string base64_of_16(TraceNumber number);     ///< 24 characters
std::string base64_of_8(std::uint64_t low_half);  ///< 12 characters
/// A span id as typed, and the other way to write it: 16 hex digits in decimal, as Datadog writes ids, and decimal
/// digits too many for hex as 16 hex digits. Only the typed text where it is neither.
std::vector<std::string> span_spellings(std::string_view typed);

}  // namespace queuetrace

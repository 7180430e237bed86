#include "tracing/trace_number.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tracing/base64.hpp"
#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

__extension__ using Wide = unsigned __int128;

TraceNumber halves(Wide value) { return {static_cast<std::uint64_t>(value >> 64), static_cast<std::uint64_t>(value)}; }

Wide join(TraceNumber number) { return static_cast<Wide>(number.high) << 64 | number.low; }

/// False at the first character that is no hex digit.
bool add_hex(std::string_view digits, std::uint64_t& half) {
  for (const char digit : digits) {
    if (!is_hex_digit(digit)) return false;
    half = half << 4 | hex_value(digit);
  }
  return true;
}

std::string big_endian(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i) & 255);
  return bytes;
}

}  // namespace

std::optional<TraceNumber> number_from_hex(std::string_view digits) {
  if (digits.empty() || digits.size() > 32) return std::nullopt;
  const std::size_t in_high = digits.size() - std::min<std::size_t>(digits.size(), 16);
  TraceNumber number;
  if (!add_hex(digits.substr(0, in_high), number.high) || !add_hex(digits.substr(in_high), number.low))
    return std::nullopt;
  return number;
}

std::optional<TraceNumber> number_from_decimal(std::string_view digits) {
  if (digits.size() > 39 || !all_digits(digits)) return std::nullopt;
  Wide value = 0;
  for (const char digit : digits) {
    const auto unit = static_cast<unsigned>(digit - '0');
    if (value > (~Wide{0} - unit) / 10) return std::nullopt;
    value = value * 10 + unit;
  }
  return halves(value);
}

std::optional<TraceNumber> number_from_bytes(std::string_view bytes) {
  if (bytes.size() != 16 && bytes.size() != 8) return std::nullopt;
  Wide value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return halves(value);
}

std::optional<TraceNumber> number_from_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  digits.reserve(32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
    } else {
      digits += text[i];
    }
  }
  return number_from_hex(digits);
}

std::optional<TraceNumber> number_from_xray(std::string_view text) {
  if (text.size() != 35 || !text.starts_with("1-") || text[10] != '-') return std::nullopt;
  return number_from_hex(std::string(text.substr(2, 8)).append(text.substr(11)));
}

std::string hex16(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = digits.size(); value != 0; value >>= 4) digits[--i] = "0123456789abcdef"[value & 15];
  return digits;
}

std::string hex32(TraceNumber number) { return hex16(number.high) + hex16(number.low); }

std::string hex_stripped(TraceNumber number) {
  return number.high == 0 ? fmt::format("{:x}", number.low) : fmt::format("{:x}{:016x}", number.high, number.low);
}

std::string hex_jaeger(TraceNumber number) { return number.high == 0 ? hex16(number.low) : hex32(number); }

std::string decimal(TraceNumber number) {
  std::string digits;
  Wide value = join(number);
  do {
    digits += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(digits);
  return digits;
}

std::string uuid_text(TraceNumber number) {
  std::string text = hex32(number);
  for (const std::size_t position : {20, 16, 12, 8}) text.insert(position, 1, '-');
  return text;
}

std::string xray_text(TraceNumber number) {
  const std::string digits = hex32(number);
  return "1-" + digits.substr(0, 8) + "-" + digits.substr(8);
}

std::string base64_of_16(TraceNumber number) { return base64_encode(big_endian(number.high) + big_endian(number.low)); }

std::string base64_of_8(std::uint64_t low_half) { return base64_encode(big_endian(low_half)); }

std::vector<std::string> span_spellings(std::string_view typed) {
  constexpr std::size_t hex_digits = 16;
  std::vector<std::string> spellings{std::string(typed)};
  const std::optional<TraceNumber> number = typed.size() == hex_digits  ? number_from_hex(typed)
                                            : typed.size() > hex_digits ? number_from_decimal(typed)
                                                                        : std::nullopt;
  if (number && number->high == 0 && number->low != 0)
    spellings.push_back(typed.size() == hex_digits ? decimal(*number) : hex16(number->low));
  return spellings;
}

}  // namespace queuetrace

#include "tracing/percent.hpp"

#include "tracing/characters.hpp"

namespace queuetrace {

std::string percent_encode(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::size_t end = at;
    while (end < bytes.size() && is_unreserved(bytes[end])) ++end;
    encoded.append(bytes, at, end - at);
    at = end;
    if (at == bytes.size()) break;
    const auto value = static_cast<unsigned char>(bytes[at]);
    encoded += '%';
    encoded += digits[value >> 4];
    encoded += digits[value & 15];
  }
  return encoded;
}

std::string percent_encode(const Untrusted& text) { return percent_encode(std::string_view(text.raw())); }

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2])) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace queuetrace

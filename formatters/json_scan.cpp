#include "formatters/json_scan.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

enum class Look : std::uint8_t { plain, quote, backslash, beyond_ascii, control };

constexpr auto looks = [] {
  std::array<Look, 256> table{};
  for (std::size_t byte = 0; byte < 256; ++byte)
    table[byte] = byte < 0x20 ? Look::control : byte >= 0x7f ? Look::beyond_ascii : Look::plain;
  table['"'] = Look::quote;
  table['\\'] = Look::backslash;
  return table;
}();

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t behind_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// The four hex digits at `at`, or -1.
std::int32_t hex_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 4) return -1;
  std::uint16_t unit = 0;
  const char* end = text.data() + at + 4;
  const auto [rest, problem] = std::from_chars(text.data() + at, end, unit, 16);
  return problem == std::errc() && rest == end ? unit : -1;
}

std::size_t number_end(std::string_view text, std::size_t at) {
  const std::size_t start = at;
  if (text[at] == '-') ++at;
  const std::size_t whole = behind_digits(text, at);
  if (whole == at || (text[at] == '0' && whole > at + 1)) return start;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = behind_digits(text, at + 1);
    if (fraction == at + 1) return start;
    at = fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = behind_digits(text, at);
    if (exponent == at) return start;
    at = exponent;
  }
  return at;
}

}  // namespace

JsonString scan_json_string(std::string_view text, std::size_t at) {
  JsonString string;
  const std::size_t start = ++at;
  for (; at < text.size(); ++at) {
    switch (looks[static_cast<unsigned char>(text[at])]) {
      case Look::plain: break;
      case Look::beyond_ascii: string.beyond_ascii = true; break;
      case Look::control: return string;
      case Look::backslash:
        string.escapes = true;
        if (++at >= text.size()) return string;
        if (text[at] == 'u') {
          if (hex_unit(text, at + 1) < 0) return string;
          at += 4;
        } else if (std::string_view("\"\\/bfnrt").find(text[at]) == std::string_view::npos) {
          return string;
        }
        break;
      case Look::quote:
        string.valid = true;
        string.content = text.substr(start, at - start);
        string.end = at + 1;
        return string;
    }
  }
  return string;
}

std::size_t json_scalar_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at;
  if (text[at] == '-' || is_digit(text[at])) return number_end(text, at);
  for (const std::string_view word : {std::string_view("true"), std::string_view("false"), std::string_view("null")})
    if (text.substr(at).starts_with(word)) return at + word.size();
  return at;
}

void append_decoded_json(std::string& out, std::string_view content) {
  for (std::size_t at = 0; at < content.size(); ++at) {
    if (content[at] != '\\') {
      out += content[at];
      continue;
    }
    switch (content[++at]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        auto point = static_cast<char32_t>(hex_unit(content, at + 1));
        at += 4;
        if (point >= 0xd800 && point < 0xdc00 && content.substr(at + 1).starts_with("\\u")) {
          const std::int32_t low = hex_unit(content, at + 3);
          if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (static_cast<char32_t>(low) - 0xdc00);
            at += 6;
          }
        }
        unicode::append_utf8(out, point);
        break;
      }
      default: out += content[at];
    }
  }
}

}  // namespace queuetrace

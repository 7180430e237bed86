#include "formatters/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

/// Bytes that need a look: controls, quote, backslash, DEL and everything beyond ASCII.
constexpr auto needs_look = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < 256; ++byte)
    table[byte] = byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\';
  return table;
}();

constexpr std::string_view digits = "0123456789abcdef";

void append_unit(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[unit >> shift & 15];
}

void append_escape(std::string& out, char32_t point) {
  switch (point) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (point < 0x10000) {
    append_unit(out, point);
  } else {
    append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
    append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
  }
}

/// Appends up to the first byte that is no UTF-8 and returns its position, or the size.
std::size_t append_valid(std::string& out, std::string_view text, std::size_t from, bool surrogates) {
  std::size_t plain = from;
  std::size_t at = from;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (!needs_look[byte]) {
      ++at;
      continue;
    }
    const unicode::Character character = unicode::decode(text, at, surrogates);
    if (character.length == 0) break;
    if (character.length == 1 || (unicode::properties_of(character.point) & unicode::escaped)) {
      out += text.substr(plain, at - plain);
      append_escape(out, character.point);
      plain = at + character.length;
    }
    at += character.length;
  }
  out += text.substr(plain, at - plain);
  return at;
}

}  // namespace

std::size_t append_json_characters(std::string& out, std::string_view text, bool surrogates) {
  return append_valid(out, text, 0, surrogates);
}

void append_json_string(std::string& out, std::string_view bytes) {
  const std::size_t mark = out.size();
  out += '"';
  if (append_json_characters(out, bytes, false) == bytes.size()) {
    out += '"';
    return;
  }
  out.resize(mark);
  out += "{\"base64\":\"";
  append_base64(out, bytes);
  out += "\"}";
}

void append_json_string_in_parts(std::string& out, std::string_view bytes, const std::function<void()>& between) {
  constexpr std::size_t part = 64 * 1024;
  if (bytes.size() <= part || !unicode::is_utf8(bytes)) {
    append_json_string(out, bytes);
    return between();
  }
  out += '"';
  while (!bytes.empty()) {
    std::size_t end = std::min(bytes.size(), part);
    while (end < bytes.size() && (static_cast<unsigned char>(bytes[end]) & 0xc0) == 0x80) --end;  // within a character
    append_json_characters(out, bytes.substr(0, end), false);
    bytes.remove_prefix(end);
    between();
  }
  out += '"';
}

void append_json_key(std::string& out, std::string_view bytes) {
  out += '"';
  for (std::size_t at = 0; (at = append_valid(out, bytes, at, false)) < bytes.size(); ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    out += "\\\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    out += alphabet[group >> 18];
    out += alphabet[group >> 12 & 63];
    out += at + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=';
    out += at + 2 < bytes.size() ? alphabet[group & 63] : '=';
  }
}

}  // namespace queuetrace

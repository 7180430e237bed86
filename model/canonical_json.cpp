#include "model/canonical_json.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "model/json_slices.hpp"

namespace queuetrace {
namespace {

constexpr int deepest = 200;
constexpr int most_places = 1'000;

void add_character(std::string& out, std::uint32_t point) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      add(0xe0 | point >> 12);
    } else {
      add(0xf0 | point >> 18);
      add(0x80 | (point >> 12 & 0x3f));
    }
    add(0x80 | (point >> 6 & 0x3f));
  }
  add(0x80 | (point & 0x3f));
}

/// The four hexadecimal digits of `\uXXXX` from `at` on.
std::optional<std::uint32_t> hex_at(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  if (at + 4 > text.size()) return std::nullopt;
  const char* end = text.data() + at + 4;
  const auto [stopped, error] = std::from_chars(text.data() + at, end, value, 16);
  return error == std::errc{} && stopped == end ? std::optional(value) : std::nullopt;
}

/// What a string between its quotes says.
std::optional<std::string> string_value(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x20 || text[at] == '"') return std::nullopt;
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    if (++at == text.size()) return std::nullopt;
    if (const std::size_t letter = letters.find(text[at]); letter != std::string_view::npos) {
      out += meanings[letter];
      continue;
    }
    std::optional<std::uint32_t> point = text[at] == 'u' ? hex_at(text, at + 1) : std::nullopt;
    if (!point || (*point >= 0xdc00 && *point < 0xe000)) return std::nullopt;
    at += 4;
    if (*point >= 0xd800 && *point < 0xdc00) {
      const std::optional<std::uint32_t> low = text.substr(at + 1, 2) == "\\u" ? hex_at(text, at + 3) : std::nullopt;
      if (!low || *low < 0xdc00 || *low >= 0xe000) return std::nullopt;
      point = 0x10000 + ((*point - 0xd800) << 10) + (*low - 0xdc00);
      at += 6;
    }
    add_character(out, *point);
  }
  return out;
}

std::string json_string(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

/// `-12.50e3` as `-125e2`: digits that say something, and where they stand.
std::optional<std::string> number_value(std::string_view text) {
  const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  std::string_view number = text.substr(0, exponent_at), exponent_text = text.substr(exponent_at);
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction = point < number.size() ? number.substr(point + 1) : std::string_view();
  const auto is_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!is_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  if (point < number.size() && !is_digits(fraction)) return std::nullopt;
  int exponent = 0;
  if (!exponent_text.empty()) {
    exponent_text.remove_prefix(1);
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    if (!is_digits(exponent_text.substr(exponent_text.starts_with('-') ? 1 : 0))) return std::nullopt;
    const char* end = exponent_text.data() + exponent_text.size();
    if (std::from_chars(exponent_text.data(), end, exponent).ec != std::errc{}) return std::nullopt;
  }
  std::string digits = std::string(whole) + std::string(fraction);
  if (digits.size() > most_places || exponent > most_places || exponent < -most_places) return std::nullopt;
  exponent -= static_cast<int>(fraction.size());
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  const std::size_t last = digits.find_last_not_of('0');
  exponent += static_cast<int>(digits.size() - 1 - last);
  digits.resize(last + 1);
  return fmt::format("{}{}{}", negative ? "-" : "", digits, exponent == 0 ? "" : fmt::format("e{}", exponent));
}

std::optional<std::string> value_of(std::string_view text, int depth) {
  if (text.empty() || depth > deepest) return std::nullopt;
  if (text.front() == '{') {
    const auto members = json_members(text);
    if (!members) return std::nullopt;
    std::map<std::string, std::string> by_name;
    for (const auto& [name, value] : *members) {
      const std::optional<std::string> read_name = string_value(name), read = value_of(value, depth + 1);
      if (!read_name || !read) return std::nullopt;
      by_name[*read_name] = *read;
    }
    std::string out = "{";
    for (const auto& [name, value] : by_name) out += (out.size() > 1 ? "," : "") + json_string(name) + ":" + value;
    return out + "}";
  }
  if (text.front() == '[') {
    const auto elements = json_elements(text);
    if (!elements) return std::nullopt;
    std::string out = "[";
    for (const std::string_view element : *elements) {
      const std::optional<std::string> read = value_of(element, depth + 1);
      if (!read) return std::nullopt;
      out += (out.size() > 1 ? "," : "") + *read;
    }
    return out + "]";
  }
  if (text.front() == '"') {
    const std::optional<std::string> read = string_value(text);
    return read ? std::optional(json_string(*read)) : std::nullopt;
  }
  if (text == "true" || text == "false" || text == "null") return std::string(text);
  return number_value(text);
}

}  // namespace

std::optional<std::string> canonical_json(std::string_view text) {
  const std::string only = "[" + std::string(text) + "]";  // whatever stands behind the value is no part of one
  const auto elements = json_elements(only);
  return elements && elements->size() == 1 ? value_of(elements->front(), 0) : std::nullopt;
}

}  // namespace queuetrace

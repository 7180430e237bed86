#include "model/moving_json.hpp"

#include <charconv>

namespace queuetrace {
namespace {

/// Shorter texts are left to the library.
constexpr std::size_t large = 64 * 1024;

void append_point(std::string& out, std::uint32_t point) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xe0 | point >> 12);
    } else {
      byte(0xf0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3f));
    }
    byte(0x80 | (point >> 6 & 0x3f));
  }
  byte(0x80 | (point & 0x3f));
}

/// The unit of `uXXXX`; absent: it is none.
std::optional<std::uint32_t> unit_at(std::string_view text, std::size_t at) {
  if (at + 5 > text.size() || text[at] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  const char* const end = text.data() + at + 5;
  const auto [read, error] = std::from_chars(text.data() + at + 1, end, unit, 16);
  if (error != std::errc{} || read != end) return std::nullopt;
  return unit;
}

/// What an escape stands for, added to `out`; `at` is behind its backslash and is moved behind it. False: it is none.
bool append_escaped(std::string& out, std::string_view text, std::size_t& at) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  if (at >= text.size()) return false;
  if (const std::size_t letter = letters.find(text[at]); letter != std::string_view::npos) {
    out += meanings[letter];
    ++at;
    return true;
  }
  std::optional<std::uint32_t> point = unit_at(text, at);
  if (!point || (*point >= 0xdc00 && *point < 0xe000)) return false;
  at += 5;
  if (*point >= 0xd800 && *point < 0xdc00) {
    const std::optional<std::uint32_t> low =
        at < text.size() && text[at] == '\\' ? unit_at(text, at + 1) : std::nullopt;
    if (!low || *low < 0xdc00 || *low >= 0xe000) return false;
    at += 6;
    point = 0x10000 + ((*point - 0xd800) << 10) + (*low - 0xdc00);
  }
  append_point(out, *point);
  return true;
}

/// The text of a literal without its quotes; absent: it is none of JSON.
std::optional<std::string> unescaped(std::string_view literal) {
  std::string out;
  out.reserve(literal.size());
  for (std::size_t at = 0; at < literal.size();) {
    const char c = literal[at++];
    if (static_cast<unsigned char>(c) < ' ') return std::nullopt;
    if (c != '\\')
      out += c;
    else if (!append_escaped(out, literal, at))
      return std::nullopt;
  }
  return out;
}

/// Where the literal ends that begins behind `at`: at its closing quote, or the end of the text.
std::size_t end_of_literal(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at, text.size());
}

}  // namespace

std::optional<LargeTexts> LargeTexts::part(std::string_view json) {
  LargeTexts parted;
  // No other text may be taken for a mark.
  for (int salt = 0; parted.mark.empty() || json.find(parted.mark) != std::string_view::npos; ++salt)
    parted.mark = "large text " + std::to_string(salt) + ":";
  std::size_t copied = 0;
  for (std::size_t at = json.find('"'); at < json.size(); at = json.find('"', at)) {
    const std::size_t end = end_of_literal(json, at + 1);
    if (end - at > large) {
      std::optional<std::string> text = unescaped(json.substr(at + 1, end - at - 1));
      if (!text) return std::nullopt;
      parted.rest += json.substr(copied, at + 1 - copied);
      parted.rest += parted.mark + std::to_string(parted.texts.size());
      parted.texts.push_back(*std::move(text));
      copied = end;
    }
    at = std::min(end + 1, json.size());
  }
  parted.rest += json.substr(copied);
  return parted;
}

std::string* LargeTexts::named(std::string_view value) {
  if (!value.starts_with(mark)) return nullptr;
  std::size_t number = texts.size();
  std::from_chars(value.data() + mark.size(), value.data() + value.size(), number);
  return number < texts.size() ? &texts[number] : nullptr;
}

}  // namespace queuetrace

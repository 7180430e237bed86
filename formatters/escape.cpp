#include "formatters/escape.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

using unicode::Character;

constexpr int marks_on_a_base = 4;
constexpr std::string_view line_prefix = "│ ";
constexpr std::string_view cut_mark = "… (+";

/// Where to cut so that at most `limit` bytes stay and no well-formed character is parted.
std::size_t cut_position(std::string_view bytes, std::size_t limit) {
  for (std::size_t back = 1; back <= 3 && back <= limit; ++back) {
    const std::size_t start = limit - back;
    if ((static_cast<unsigned char>(bytes[start]) & 0xc0) == 0x80) continue;
    return unicode::decode(bytes, start).length > back ? start : limit;
  }
  return limit;
}

void append_byte(std::string& out, char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  out += "\\x";
  out += digits[value >> 4];
  out += digits[value & 15];
}

/// 1 to 6 hex digits and nothing else.
std::optional<std::uint32_t> hex_number(std::string_view digits) {
  std::uint32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, problem] = std::from_chars(digits.data(), end, value, 16);
  if (digits.empty() || digits.size() > 6 || problem != std::errc() || rest != end) return std::nullopt;
  return value;
}

bool joinable(char32_t point) { return point >= 0x300 && !(unicode::properties_of(point) & unicode::escaped); }

/// Whether a character that rules 4 to 6 would escape keeps its place in the `text` profile.
bool stays_in_text(std::string_view bytes, std::size_t position, Character character, char32_t before) {
  if (character.point == 0x200c || character.point == 0x200d) {
    const std::size_t next = position + character.length;
    if (!joinable(before) || next >= bytes.size()) return false;
    const Character after = unicode::decode(bytes, next);
    return after.length > 0 && joinable(after.point);
  }
  if (character.point == 0xfe0e || character.point == 0xfe0f)
    return (before >= U'0' && before <= U'9') || before == U'#' || before == U'*' ||
           (unicode::properties_of(before) & unicode::symbol) != 0;
  return false;
}

void append_control(std::string& out, char byte, bool multiline) {
  switch (byte) {
    case '\n':
      if (multiline) {
        out += '\n';
        out += line_prefix;
      } else {
        out += "\\n";
      }
      return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: append_byte(out, byte);
  }
}

}  // namespace

void append_terminal_text(std::string& out, std::string_view bytes, Profile profile, const TextLimits& limits) {
  std::size_t left_out = 0;
  if (limits.bytes != 0 && bytes.size() > limits.bytes) {
    const std::size_t cut = cut_position(bytes, limits.bytes);
    left_out = bytes.size() - cut;
    bytes = bytes.substr(0, cut);
  }
  char32_t before = 0;          // the character before, 0 at the start and after a byte that is none
  int marks = marks_on_a_base;  // in a row; a mark at the very start would join text of ours
  for (std::size_t position = 0; position < bytes.size();) {
    const char byte = bytes[position];
    const Character character = unicode::decode(bytes, position);
    if (character.length <= 1) {
      const auto value = static_cast<unsigned char>(byte);
      if (character.length == 0)
        append_byte(out, byte);
      else if (value < 0x20 || value == 0x7f)
        append_control(out, byte, limits.multiline);
      else if (byte == '\\')
        out += "\\\\";
      else
        out += byte;
      before = character.point;
      marks = byte == '\n' && limits.multiline ? marks_on_a_base : 0;
      ++position;
      continue;
    }
    const std::uint8_t properties = unicode::properties_of(character.point);
    const bool is_mark = (properties & unicode::mark) != 0;
    bool escape = (properties & unicode::escaped) != 0;
    if (escape && profile == Profile::text) escape = !stays_in_text(bytes, position, character, before);
    if (!escape && is_mark) escape = marks++ >= marks_on_a_base;
    if (escape)
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<std::uint32_t>(character.point));
    else
      out += bytes.substr(position, character.length);
    if (!is_mark) marks = 0;
    before = character.point;
    position += character.length;
  }
  if (left_out > 0) fmt::format_to(std::back_inserter(out), "{}{} bytes)", cut_mark, left_out);
}

std::string terminal_text(std::string_view bytes, Profile profile, const TextLimits& limits) {
  std::string out;
  out.reserve(bytes.size() + 8);
  append_terminal_text(out, bytes, profile, limits);
  return out;
}

std::string terminal_text(const Untrusted& text, Profile profile, const TextLimits& limits) {
  return terminal_text(text.raw(), profile, limits);
}

std::optional<std::string> bytes_of_terminal_text(std::string_view printed) {
  std::string bytes;
  for (std::size_t position = 0; position < printed.size(); ++position) {
    if (printed[position] != '\\') {
      bytes += printed[position];
      continue;
    }
    if (++position == printed.size()) return std::nullopt;
    switch (printed[position]) {
      case '\\': bytes += '\\'; break;
      case 'n': bytes += '\n'; break;
      case 'r': bytes += '\r'; break;
      case 't': bytes += '\t'; break;
      case 'x': {
        const std::optional<std::uint32_t> value = hex_number(printed.substr(position + 1, 2));
        if (!value || printed.size() < position + 3) return std::nullopt;
        bytes += static_cast<char>(*value);
        position += 2;
        break;
      }
      case 'u': {
        const std::size_t close = printed.find('}', position);
        if (printed.substr(position + 1, 1) != "{" || close == std::string_view::npos) return std::nullopt;
        const std::optional<std::uint32_t> point = hex_number(printed.substr(position + 2, close - position - 2));
        if (!point || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000)) return std::nullopt;
        unicode::append_utf8(bytes, static_cast<char32_t>(*point));
        position = close;
        break;
      }
      default: return std::nullopt;
    }
  }
  return bytes;
}

std::string ascii_text(std::string_view printable) {
  std::string out;
  out.reserve(printable.size());
  for (std::size_t position = 0; position < printable.size();) {
    const std::string_view rest = printable.substr(position);
    const Character character = unicode::decode(printable, position);
    if (character.length <= 1) {
      if (character.length == 0)
        append_byte(out, printable[position]);
      else
        out += printable[position];
      ++position;
      continue;
    }
    const bool next_line = position > 0 && printable[position - 1] == '\n' && rest.starts_with(line_prefix);
    const bool cut = rest.starts_with(cut_mark) && rest.ends_with(" bytes)") &&
                     rest.find('(', cut_mark.size()) == std::string_view::npos;
    if (next_line)
      out += '|';
    else if (cut)
      out += "...";
    else
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<std::uint32_t>(character.point));
    position += character.length;
  }
  return out;
}

bool has_mixed_scripts(std::string_view text) {
  std::uint8_t seen = 0;
  for (std::size_t position = 0; position < text.size();) {
    const Character character = unicode::decode(text, position);
    if (character.length > 0) seen |= unicode::properties_of(character.point);
    position += character.length > 0 ? character.length : 1;
  }
  return (seen & unicode::latin) && (seen & unicode::look_alike);
}

}  // namespace queuetrace

#include "formatters/unicode.hpp"

#include <algorithm>

#include "formatters/unicode_tables.inc"

namespace queuetrace::unicode {
namespace {

unsigned byte_at(std::string_view text, std::size_t position) { return static_cast<unsigned char>(text[position]); }

std::size_t cells_of(char32_t point) {
  if (point < 0x300) return 1;
  const std::uint8_t properties = properties_of(point);
  return (properties & no_advance) ? 0 : (properties & wide) ? 2 : 1;
}

}  // namespace

Character decode(std::string_view text, std::size_t position, bool surrogates) {
  const unsigned lead = byte_at(text, position);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || text.size() - position < length) return {};
  char32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = byte_at(text, position + i);
    if ((next & 0xc0) != 0x80) return {};
    point = point << 6 | (next & 0x3f);
  }
  if ((length == 3 && point < 0x800) || (length == 4 && (point < 0x10000 || point >= code_points))) return {};
  if (!surrogates && point >= 0xd800 && point < 0xe000) return {};
  return {point, length};
}

void append_utf8(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

bool is_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (byte_at(text, position) < 0x80) {
      ++position;
      continue;
    }
    const Character character = decode(text, position);
    if (character.length == 0) return false;
    position += character.length;
  }
  return true;
}

std::uint8_t properties_of(char32_t point) {
  if (point >= code_points) return escaped;
  return block_properties[block_of[point >> 8]][point & 0xff];
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();) {
    const Character character = decode(text, position);
    width += character.length == 0 ? 1 : cells_of(character.point);
    position += std::max<std::size_t>(character.length, 1);
  }
  return width;
}

std::string_view head_of_width(std::string_view text, std::size_t cells) {
  std::size_t width = 0;
  std::size_t position = 0;
  while (position < text.size()) {
    const Character character = decode(text, position);
    width += character.length == 0 ? 1 : cells_of(character.point);
    if (width > cells) break;
    position += std::max<std::size_t>(character.length, 1);
  }
  return text.substr(0, position);
}

std::string_view tail_of_width(std::string_view text, std::size_t cells) {
  std::size_t width = 0;
  std::size_t begin = text.size();
  std::size_t position = text.size();
  while (position > 0) {
    --position;
    while (position > 0 && (byte_at(text, position) & 0xc0) == 0x80) --position;
    const Character character = decode(text, position);
    const std::size_t here = character.length == 0 ? 1 : cells_of(character.point);
    width += here;
    if (width > cells) break;
    if (here > 0) begin = position;
  }
  return text.substr(begin);
}

std::string_view version() { return table_version; }

}  // namespace queuetrace::unicode

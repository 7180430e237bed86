// What printing needs to know about characters: strict UTF-8, which characters may be shown, and how wide they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formatters/unicode/properties.hpp"

namespace queuetrace::unicode {

/// One decoded character; `length` 0: the byte at the position starts no well-formed one.
struct Character {
  char32_t point = 0;
  std::size_t length = 0;
};

/// Strict: no overlong forms, no surrogates, nothing above U+10FFFF. `position` is inside `text`. With `surrogates`,
/// U+D800 to U+DFFF in three bytes are read too.
Character decode(std::string_view text, std::size_t position, bool surrogates = false);

/// Appends the UTF-8 form; surrogates become their three bytes.
void append_utf8(std::string& out, char32_t point);

bool is_utf8(std::string_view text);

/// Bits of formatters/unicode/properties.hpp.
std::uint8_t properties_of(char32_t point);

/// Cells of printable UTF-8 text: 2 for wide East Asian characters, 0 for combining ones.
std::size_t display_width(std::string_view text);

/// The longest start of printable text that takes at most `cells` cells; combining marks stay with their base.
std::string_view head_of_width(std::string_view text, std::size_t cells);

/// The longest end of printable text that takes at most `cells` cells and begins with no mark of a base before it.
std::string_view tail_of_width(std::string_view text, std::size_t cells);

/// Version of the tables, `15.0.0`.
std::string_view version();

}  // namespace queuetrace::unicode

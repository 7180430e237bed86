// Classes of bytes and characters that trace ids and URLs are made of. ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace queuetrace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_unreserved(char c) {
  return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
/// The number of a hex digit.
constexpr unsigned hex_value(char c) { return static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10); }
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// False for an empty text.
constexpr bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }
/// False for an empty text.
constexpr bool all_hex(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_hex_digit); }

std::string upper(std::string_view text);
/// The text without blanks, tabs, CR and LF at both ends.
std::string_view trimmed(std::string_view text);

/// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
/// Whether a C0 control, DEL or (in UTF-8) a C1 control is in the text.
bool has_control_character(std::string_view text);

}  // namespace queuetrace

// Classes of bytes that the words of error messages are told apart by. ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace queuetrace::message_bytes {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_capital(c) || is_small(c); }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }
constexpr bool is_one_of(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

/// True for an empty text.
template <typename Test>
constexpr bool all(std::string_view text, Test&& test) {
  return std::all_of(text.begin(), text.end(), test);
}

}  // namespace queuetrace::message_bytes

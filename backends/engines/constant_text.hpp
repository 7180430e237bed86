// SQL and Lua that is put together while compiling, and so is a constant like any literal:
//    inline constexpr Text waits = "j.status = 'todo'";
//    consteval auto held_by(const auto& row) { return "EXISTS (SELECT 1 FROM " + Text(row) + ")"; }
//    SqlStateRule{JobState::blocked, "'todo'", constant<held_by("{locks}")>}
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace queuetrace {

/// A text of N bytes. Of the operands of `+` at least one must be a Text; the other may be a literal.
template <std::size_t N>
struct Text {
  char bytes[N + 1]{};

  consteval Text() = default;
  consteval Text(const char (&literal)[N + 1]) { std::copy_n(literal, N, bytes); }

  constexpr operator std::string_view() const { return {bytes, N}; }
};

template <std::size_t Size>
Text(const char (&)[Size]) -> Text<Size - 1>;

template <std::size_t Left, std::size_t Right>
consteval Text<Left + Right> operator+(const Text<Left>& left, const Text<Right>& right) {
  Text<Left + Right> joined;
  std::copy_n(left.bytes, Left, joined.bytes);
  std::copy_n(right.bytes, Right, joined.bytes + Left);
  return joined;
}

template <std::size_t Left, std::size_t Size>
consteval Text<Left + Size - 1> operator+(const Text<Left>& left, const char (&right)[Size]) {
  return left + Text(right);
}

template <std::size_t Size, std::size_t Right>
consteval Text<Size - 1 + Right> operator+(const char (&left)[Size], const Text<Right>& right) {
  return Text(left) + right;
}

/// `text` where a description keeps a view of it: what is put together in place would be gone.
template <Text text>
inline constexpr std::string_view constant = text;

}  // namespace queuetrace

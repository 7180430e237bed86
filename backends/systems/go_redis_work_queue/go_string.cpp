#include "backends/systems/go_redis_work_queue/go_string.hpp"

#include <algorithm>
#include <charconv>

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Bytes of the UTF-8 character that `text` begins with; 0: it begins with none (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned char low, unsigned char high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2, 0x80, 0xBF) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2, 0x80, 0xBF) &&
                   follows(3, 0x80, 0xBF)
               ? 4
               : 0;
  return 0;
}

void append_character(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned first[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(first[more] | (code >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
}

char escaped_letter(char c) {
  constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
  const std::size_t at = letters.find(c);
  return at == std::string_view::npos ? c : meant[at];
}

}  // namespace

std::optional<unsigned> escaped_unit(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc{} && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

bool take_character(std::string_view& rest, std::string& out) {
  if (rest.front() != '\\') {
    const std::size_t size = character_size(rest);
    out += size == 0 ? replacement : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
    return size == 0;
  }
  const std::optional<unsigned> unit = escaped_unit(rest);
  if (!unit) {
    out += escaped_letter(rest[1]);
    rest.remove_prefix(2);
    return false;
  }
  rest.remove_prefix(6);
  if (*unit < 0xD800 || *unit > 0xDFFF) {
    append_character(out, *unit);
    return false;
  }
  const std::optional<unsigned> second = *unit < 0xDC00 ? escaped_unit(rest) : std::nullopt;
  if (!second || *second < 0xDC00 || *second > 0xDFFF) {
    out += replacement;
    return true;
  }
  append_character(out, 0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00));
  rest.remove_prefix(6);
  return false;
}

std::string meaning(std::string_view inside) {
  std::string text;
  text.reserve(inside.size());
  while (!inside.empty()) take_character(inside, text);
  return text;
}

}  // namespace queuetrace::go_redis_work_queue

#include "model/text_search.hpp"

#include <algorithm>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t table_size = 1 << 12;
constexpr std::size_t longest_shift = 255;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

std::size_t block(char first, char second) {
  return (static_cast<std::size_t>(static_cast<unsigned char>(first)) * 31 +
          static_cast<std::size_t>(static_cast<unsigned char>(second)) * 23) &
         (table_size - 1);
}

}  // namespace

TextSearch::TextSearch(std::vector<Text> texts) : texts_(std::move(texts)), shortest_(longest_shift) {
  for (const Text& text : texts_) shortest_ = std::min(shortest_, text.text.size());
  if (shortest_ < 2) return;
  shift_.assign(table_size, static_cast<std::uint8_t>(shortest_ - 1));
  for (const Text& text : texts_) {
    for (std::size_t i = 0; i + 1 < shortest_; ++i) {
      const auto lower_to = [&](char first, char second) {
        std::uint8_t& shift = shift_[block(first, second)];
        shift = std::min(shift, static_cast<std::uint8_t>(shortest_ - 2 - i));
      };
      const char first = text.text[i], second = text.text[i + 1];
      lower_to(first, second);
      if (!text.any_case) continue;
      lower_to(upper(first), second);
      lower_to(first, upper(second));
      lower_to(upper(first), upper(second));
    }
  }
}

bool TextSearch::any_at(std::string_view bytes, std::size_t position) const {
  return std::ranges::any_of(texts_, [&](const Text& text) {
    const std::string_view found = bytes.substr(position, text.text.size());
    return text.any_case ? std::ranges::equal(found, text.text, {}, lower) : found == text.text;
  });
}

bool TextSearch::found_in(std::string_view bytes) const {
  if (shift_.empty()) {
    for (std::size_t position = 0; position < bytes.size(); ++position)
      if (any_at(bytes, position)) return true;
    return false;
  }
  for (std::size_t end = shortest_; end <= bytes.size();) {
    const std::uint8_t shift = shift_[block(bytes[end - 2], bytes[end - 1])];
    if (shift == 0 && any_at(bytes, end - shortest_)) return true;
    end += std::max<std::size_t>(shift, 1);
  }
  return false;
}

}  // namespace queuetrace

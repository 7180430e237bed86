#include "tracing/trace_needle.hpp"

#include <algorithm>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t tail_digits = 12;     ///< the last group of a UUID
constexpr std::size_t longest_needle = 12;  ///< bytes; more would not rule out more
constexpr std::string_view escape = "\\u00";

/// The longest part of `text` made of printable ASCII that JSON writers have no short escape for.
std::string_view longest_plain_part(std::string_view text) {
  std::string_view best;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool plain =
        i < text.size() && text[i] >= ' ' && text[i] <= '~' && text[i] != '"' && text[i] != '\\' && text[i] != '/';
    if (plain) continue;
    if (i - start > best.size()) best = text.substr(start, i - start);
    start = i + 1;
  }
  return best;
}

}  // namespace

TraceNeedle::TraceNeedle(const TraceQuery& query, bool with_low64) {
  if (query.prefix) {
    std::string_view digits(query.typed);
    digits = digits.substr(0, std::min<std::size_t>(8, digits.size() - 1));
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string_view::npos) return;
    add(std::string(digits.substr(first)), true);
  }
  for (const std::string& canonical : query.canonical) {
    const TraceNumber number = number_from_hex(canonical).value_or(TraceNumber{});
    const std::string digits = hex_stripped(number);
    add(digits.substr(digits.size() - std::min(tail_digits, digits.size())), true);
    add(decimal(number), false);
    add(decimal({0, number.low}), false);  // Datadog carriers write the low half in decimal
    // Characters 11 to 21 of 24 depend on the low half alone.
    add(std::string(longest_plain_part(base64_of_16(number).substr(11, 11))), false);
    if (number.high == 0 || with_low64) {
      std::string text = base64_of_8(number.low);
      text.pop_back();
      add(std::string(longest_plain_part(text)), false);
    }
  }
  const bool reached = std::ranges::any_of(needles_, [&](const TextSearch::Text& needle) {
    return (needle.any_case ? lower_case(query.typed) : query.typed).find(needle.text) != std::string::npos;
  });
  if (!reached) add_literal(query.typed);
  if (!needles_.empty()) search_.emplace(needles_);
}

void TraceNeedle::add(std::string text, bool any_case) {
  if (text.size() > longest_needle) text.resize(longest_needle);
  for (const TextSearch::Text& needle : needles_)
    if (needle.any_case == any_case && needle.text == text) return;
  for (const char byte : text) {
    characters_.set(static_cast<unsigned char>(byte));
    if (any_case) characters_.set(static_cast<unsigned char>(to_upper(byte)));
  }
  needles_.push_back({std::move(text), any_case});
}

void TraceNeedle::add_literal(std::string_view text) {
  const std::string_view part = longest_plain_part(text);
  if (part.empty())
    needles_.clear();
  else
    add(std::string(part), false);
}

bool TraceNeedle::has_escaped_needle_character(std::string_view raw) const {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at + 1)) {
    if (!raw.substr(at).starts_with(escape)) continue;
    const std::string_view digits = raw.substr(at + escape.size(), 2);
    if (digits.size() == 2 && all_hex(digits) && characters_.test(hex_value(digits[0]) * 16 + hex_value(digits[1])))
      return true;
  }
  return false;
}

bool TraceNeedle::may_occur(std::string_view raw) const {
  return !search_ || search_->found_in(raw) || has_escaped_needle_character(raw);
}

}  // namespace queuetrace

#include "tracing/trace_needle.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "tracing/characters.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t tail_digits = 12;     ///< the last group of a UUID
constexpr std::size_t longest_needle = 12;  ///< bytes; more would not rule out more
constexpr std::string_view escape = "\\u00";
constexpr unsigned char case_bit = 0x20;

using Block = unsigned char __attribute__((vector_size(16)));

Block load(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

Block repeated(char byte) { return Block{} + static_cast<unsigned char>(byte); }

bool any(Block block) {
  std::uint64_t halves[2];
  std::memcpy(halves, &block, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

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
  const bool reached = std::ranges::any_of(needles_, [&](const Needle& needle) {
    return (needle.any_case ? lower(query.typed) : query.typed).find(needle.text) != std::string::npos;
  });
  if (!reached) add_literal(query.typed);
  if (!needles_.empty()) needles_.push_back({std::string(escape), false, true});
}

void TraceNeedle::add(std::string text, bool any_case) {
  if (text.size() > longest_needle) text.resize(longest_needle);
  for (const Needle& needle : needles_)
    if (needle.any_case == any_case && needle.text == text) return;
  for (const char byte : text) {
    characters_.set(static_cast<unsigned char>(byte));
    if (any_case) characters_.set(static_cast<unsigned char>(to_upper(byte)));
  }
  needles_.push_back({std::move(text), any_case, false});
}

void TraceNeedle::add_literal(std::string_view text) {
  const std::string_view part = longest_plain_part(text);
  if (part.empty())
    needles_.clear();
  else
    add(std::string(part), false);
}

bool TraceNeedle::is_at(const Needle& needle, std::string_view raw, std::size_t position) const {
  const std::string_view found = raw.substr(position, needle.text.size());
  if (!needle.is_escape) return needle.any_case ? same_but_case(found, needle.text) : found == needle.text;
  const std::string_view digits = raw.substr(std::min(raw.size(), position + escape.size()), 2);
  if (found != escape || digits.size() < 2 || !all_hex(digits)) return false;
  return characters_.test(hex_value(digits[0]) * 16 + hex_value(digits[1]));
}

bool TraceNeedle::scan(const char* from, std::size_t blocks, std::string_view raw, std::size_t position) const {
  for (std::size_t block = 0; block < blocks; ++block, from += sizeof(Block), position += sizeof(Block)) {
    const Block first = load(from);
    Block candidates{};
    for (const Needle& needle : needles_) {
      const Block last = load(from + needle.text.size() - 1);
      const unsigned char fold = needle.any_case ? case_bit : 0;
      candidates |= static_cast<Block>(((first | fold) == repeated(needle.text.front())) &
                                       ((last | fold) == repeated(needle.text.back())));
    }
    if (!any(candidates)) continue;
    for (std::size_t i = 0; i < sizeof(Block); ++i) {
      if (candidates[i] == 0 || position + i >= raw.size()) continue;
      for (const Needle& needle : needles_)
        if (is_at(needle, raw, position + i)) return true;
    }
  }
  return false;
}

bool TraceNeedle::may_occur(std::string_view raw) const {
  if (needles_.empty()) return true;
  if (raw.empty()) return false;
  // Blocks that can be loaded with all their needles inside the text, then the rest from a copy with zeros behind it.
  constexpr std::size_t reach = sizeof(Block) + longest_needle;
  const std::size_t blocks = raw.size() < reach ? 0 : (raw.size() - reach) / sizeof(Block) + 1;
  if (scan(raw.data(), blocks, raw, 0)) return true;
  const std::size_t done = blocks * sizeof(Block);
  std::array<char, 2 * reach + sizeof(Block)> rest{};
  std::memcpy(rest.data(), raw.data() + done, raw.size() - done);
  return scan(rest.data(), (raw.size() - done + sizeof(Block) - 1) / sizeof(Block), raw, done);
}

bool could_match(const TraceQuery& query, std::string_view raw_text) { return TraceNeedle(query).may_occur(raw_text); }

}  // namespace queuetrace

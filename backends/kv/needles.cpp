#include "backends/kv/needles.hpp"

#include <algorithm>
#include <cstring>

namespace queuetrace {
namespace {

constexpr std::size_t table_size = 1 << 12;

std::size_t block(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return (static_cast<std::size_t>(first) * 31 + second * 7 + (static_cast<std::size_t>(second) << 4)) &
         (table_size - 1);
}

/// Whether JSON writers agree on the bytes of this text: no character that any of them escapes.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.:+=@,;|~ *()[]{}!?#$%^").find(c) != std::string_view::npos;
  });
}

bool may_spell_anything(std::string_view entry) {
  const void* at = entry.empty() ? nullptr : std::memchr(entry.data(), '\\', entry.size());
  return at != nullptr && entry.find("\\u", static_cast<std::size_t>(static_cast<const char*>(at) - entry.data())) !=
                              std::string_view::npos;
}

}  // namespace

TextSearch::TextSearch(std::vector<std::string> texts) : texts_(std::move(texts)) {
  shortest_ = 255;
  for (const std::string& text : texts_) shortest_ = std::min(shortest_, text.size());
  if (shortest_ < 2) return;
  shift_.assign(table_size, static_cast<std::uint8_t>(shortest_ - 1));
  for (const std::string& text : texts_) {
    for (std::size_t i = 0; i + 1 < shortest_; ++i) {
      std::uint8_t& shift = shift_[block(text, i)];
      shift = std::min(shift, static_cast<std::uint8_t>(shortest_ - 2 - i));
    }
  }
}

bool TextSearch::found_in(std::string_view bytes) const {
  if (shortest_ < 2)
    return std::any_of(texts_.begin(), texts_.end(),
                       [&](const std::string& text) { return bytes.find(text) != std::string_view::npos; });
  for (std::size_t end = shortest_; end <= bytes.size();) {
    const std::uint8_t shift = shift_[block(bytes, end - 2)];
    if (shift > 0) {
      end += shift;
      continue;
    }
    const std::string_view rest = bytes.substr(end - shortest_);
    for (const std::string& text : texts_)
      if (rest.starts_with(text)) return true;
    ++end;
  }
  return false;
}

Needles::Needles(const JobFilter& filter) {
  for (const TraceQuery& query : filter.traces) traces_.emplace_back(query);
  add(filter.span_ids);
  add(filter.correlation_ids);
  add(filter.ids);
}

void Needles::add(std::vector<std::string> texts) {
  if (texts.empty() || !std::all_of(texts.begin(), texts.end(), is_plain)) return;
  groups_.emplace_back(std::move(texts));
}

bool Needles::may_match(std::string_view entry) const {
  if (!traces_.empty() &&
      std::none_of(traces_.begin(), traces_.end(), [&](const TraceNeedle& trace) { return trace.may_occur(entry); }))
    return false;
  return std::all_of(groups_.begin(), groups_.end(), [&](const TextSearch& group) { return group.found_in(entry); }) ||
         may_spell_anything(entry);
}

}  // namespace queuetrace

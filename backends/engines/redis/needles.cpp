#include "backends/engines/redis/needles.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

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

Needles::Needles(const JobFilter& filter) {
  for (const TraceQuery& query : filter.traces) traces_.emplace_back(query);
  std::vector<std::string> spans;
  for (const std::string& span : filter.span_ids)
    for (std::string& spelling : span_spellings(span)) spans.push_back(std::move(spelling));
  add(std::move(spans));
  add(filter.correlation_ids);
  add(filter.ids);
  add_alternatives(filter.any_of);
}

void Needles::add_alternatives(const std::vector<JobFilter>& alternatives) {
  // A word that may be one kind of id or another is looked for once.
  JobFilter plain;
  for (const JobFilter& one : alternatives) {
    JobFilter rest = one;
    std::vector<std::string> texts = std::move(rest.correlation_ids);
    rest.correlation_ids.clear();
    if (texts.empty()) texts = std::exchange(rest.ids, {});
    if (texts.empty() || !rest.empty() || !std::all_of(texts.begin(), texts.end(), is_plain)) {
      alternatives_.emplace_back(one);
      if (!alternatives_.back().empty()) continue;
      alternatives_.clear();  // nothing is told of that one, so nothing of them all
      return;
    }
    for (std::string& text : texts)
      if (std::find(plain.ids.begin(), plain.ids.end(), text) == plain.ids.end()) plain.ids.push_back(std::move(text));
  }
  if (!plain.ids.empty()) alternatives_.emplace_back(plain);
}

void Needles::add(std::vector<std::string> texts) {
  if (texts.empty() || !std::all_of(texts.begin(), texts.end(), is_plain)) return;
  std::vector<TextSearch::Text> needles;
  for (std::string& text : texts) needles.push_back({std::move(text), false});
  groups_.emplace_back(std::move(needles));
}

bool Needles::may_match(std::string_view entry) const {
  if (!traces_.empty() &&
      std::none_of(traces_.begin(), traces_.end(), [&](const TraceNeedle& trace) { return trace.may_occur(entry); }))
    return false;
  if (!alternatives_.empty() && std::none_of(alternatives_.begin(), alternatives_.end(),
                                             [&](const Needles& one) { return one.may_match(entry); }))
    return false;
  return std::all_of(groups_.begin(), groups_.end(), [&](const TextSearch& group) { return group.found_in(entry); }) ||
         may_spell_anything(entry);
}

}  // namespace queuetrace

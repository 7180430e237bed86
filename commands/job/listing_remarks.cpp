#include "commands/job/listing_remarks.hpp"

#include <array>

#include "commands/report/command_line.hpp"
#include "commands/report/count_words.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/cell.hpp"

namespace queuetrace {
namespace {

constexpr std::array by_attention{JobState::dead,      JobState::failed,  JobState::retrying,  JobState::blocked,
                                  JobState::running,   JobState::pending, JobState::scheduled, JobState::completed,
                                  JobState::cancelled, JobState::unknown};

/// The one trace or correlation id that was asked for; empty when it was none, or several.
std::string subject_of(const JobFilter& filter) {
  if (filter.traces.size() + filter.correlation_ids.size() != 1) return {};
  return filter.traces.empty() ? filter.correlation_ids.front() : filter.traces.front().given;
}

std::string hint_for(const JobFilter& filter, const StateCounts& counts, std::optional<std::uint64_t> limit,
                     const Context& context) {
  const auto count = [&](JobState state) { return counts.contains(state) ? counts.at(state) : 0; };
  if (limit) return "more: -l " + std::to_string(*limit * 4) + ", or everything: -l 0";
  if (counts.empty()) return {};
  if (const std::string subject = subject_of(filter); !subject.empty())
    return "what happened: " + command_from_here({"trace", "show", subject}, context);
  if (count(JobState::dead) + count(JobState::failed) > 1)
    return "grouped: " + command_from_here({"job", "errors"}, context);
  return {};
}

}  // namespace

std::vector<Phrase> state_phrases(const StateCounts& counts) {
  std::vector<Phrase> phrases;
  for (const JobState state : by_attention) {
    const auto found = counts.find(state);
    if (found == counts.end() || found->second == 0) continue;
    if (!phrases.empty()) phrases.push_back({", "});
    const std::string word(to_word(state));
    const bool calm = state == JobState::completed || state == JobState::scheduled || state == JobState::cancelled;
    phrases.push_back({grouped(found->second) + " " + word, calm ? std::string_view() : color_of("state", word)});
  }
  return phrases;
}

Remarks listing_remarks(const JobFilter& filter, const StateCounts& counts, const std::vector<SourceOutcome>& outcomes,
                        std::optional<std::uint64_t> limit, const Context& context) {
  std::uint64_t all = 0;
  for (const auto& [state, count] : counts) all += count;
  if (all == 0) return {};
  const std::string subject = subject_of(filter);
  std::string text = limit ? "first " + count_words(all, "job") : count_words(all, "job");
  if (!subject.empty())
    text += " of " + subject;
  else if (!filter.empty())
    text += all == 1 ? " that matches" : " that match";
  Remarks remarks;
  remarks.summary.push_back({text + " in " + answered(outcomes) + ": "});
  for (Phrase& phrase : state_phrases(counts)) remarks.summary.push_back(std::move(phrase));
  remarks.hint = hint_for(filter, counts, limit, context);
  return remarks;
}

}  // namespace queuetrace

#include "commands/job/listing_remarks.hpp"

#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/cell.hpp"
#include "model/age.hpp"
#include "model/count_words.hpp"
#include "model/job_attention.hpp"

namespace queuetrace {
namespace {

/// The one trace or correlation id that was asked for; empty when it was none, or several.
std::string subject_of(const JobFilter& filter) {
  if (filter.traces.size() + filter.correlation_ids.size() != 1) return {};
  return filter.traces.empty() ? filter.correlation_ids.front() : filter.traces.front().given;
}

std::string hint_for(const JobFilter& filter, const ListedJobs& listed, const Context& context) {
  const StateCounts& counts = listed.total.states;
  const auto count = [&](JobState state) { return counts.contains(state) ? counts.at(state) : 0; };
  if (listed.limit) return "more: -l " + std::to_string(*listed.limit * 4) + ", or everything: -l 0";
  if (const std::string subject = subject_of(filter); !subject.empty())
    return "what happened: " + command_from_here({"trace", "show", subject}, context);
  if (count(JobState::dead) + count(JobState::failed) > 1) {
    std::vector<std::string> words{"job", "errors"};
    words.insert(words.end(), listed.asked.begin(), listed.asked.end());
    return "grouped: " + command_from_here(std::move(words), context);
  }
  return {};
}

/// ` of order-12345`, ` that match`, or nothing.
std::string matching(const JobFilter& filter, std::uint64_t jobs, Timestamp now) {
  const std::string subject = subject_of(filter);
  if (!subject.empty()) return " of " + subject + within_words(filter, now);
  if (filter.empty()) return {};
  if (std::string times = within_words(filter, now); !times.empty()) return times;
  return jobs == 1 ? " that matches" : " that match";
}

std::string total_words(const JobTotal& total) { return counted_words(total.jobs(), total.exactness, "job"); }

/// `text: 2 dead, 1 failed`
std::vector<Phrase> with_states(std::string text, const JobTotal& total) {
  std::vector<Phrase> states = state_phrases(total.states);
  if (!states.empty()) text += total.exactness == Exactness::at_least ? ": at least " : ": ";
  states.insert(states.begin(), {std::move(text)});
  return states;
}

}  // namespace

std::string within_words(const JobFilter& filter, Timestamp now) {
  if (!filter.since || filter.until) return {};
  std::string_view happened;
  switch (filter.time_field) {
    case TimeField::created: happened = " that were created"; break;
    case TimeField::scheduled:
    case TimeField::due: happened = " that came due"; break;
    case TimeField::started: happened = " that were started"; break;
    case TimeField::finished: happened = " that finished"; break;
    case TimeField::ended: happened = " that ended"; break;
  }
  return std::string(happened) + " in the last " +
         to_age(std::chrono::round<std::chrono::seconds>(now - *filter.since));
}

std::vector<Phrase> state_phrases(const StateCounts& counts) {
  std::vector<Phrase> phrases;
  for (const JobState state : job_states_by_attention) {
    const auto found = counts.find(state);
    if (found == counts.end() || found->second == 0) continue;
    if (!phrases.empty()) phrases.push_back({", "});
    const std::string word(to_word(state));
    const bool calm = state == JobState::completed || state == JobState::scheduled || state == JobState::cancelled;
    phrases.push_back({grouped(found->second) + " " + word, calm ? std::string_view() : color_of("state", word)});
  }
  return phrases;
}

Remarks listing_remarks(const JobFilter& filter, const ListedJobs& listed, const std::vector<SourceOutcome>& outcomes,
                        const Context& context) {
  const std::uint64_t jobs = listed.total.jobs();
  if (jobs == 0) return {};
  const bool part = listed.shown < jobs || listed.total.exactness != Exactness::exact;
  const std::string text =
      (part ? grouped(listed.shown) + " of " + total_words(listed.total) : count_words(jobs, "job")) +
      matching(filter, jobs, context.now()) + " in " + answered(outcomes);
  return {with_states(text, listed.total), hint_for(filter, listed, context)};
}

std::string nothing_words(const JobFilter& filter, const std::vector<SourceOutcome>& outcomes, const std::string& wider,
                          Timestamp now) {
  const std::string where = answered(outcomes);
  const std::string which = matching(filter, 0, now);
  return "No jobs" + (which == " that match" ? " match" : which) + (where.empty() ? "" : " in " + where) +
         (wider.empty() ? "" : "; " + wider) + ".";
}

std::vector<Phrase> count_sentence(const JobFilter& filter, const JobTotal& total, Timestamp now) {
  return with_states(total_words(total) + matching(filter, total.jobs(), now) + " in " + answered(total.outcomes),
                     total);
}

}  // namespace queuetrace

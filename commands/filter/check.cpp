#include "commands/filter/check.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <iterator>
#include <set>

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"
#include "model/job_state.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether the system prints `word` as its own; a library may store its words in quotes.
bool is_word_of(const StateMapping& mapping, std::string_view word) {
  const auto bare = [](std::string_view text) {
    while (text.starts_with('"')) text.remove_prefix(1);
    while (text.ends_with('"')) text.remove_suffix(1);
    return text;
  };
  return equal_ignoring_case(bare(mapping.native), bare(word));
}

/// The states that the systems have `word` for, one vector a store that knows it.
std::vector<std::vector<JobState>> meanings_of(std::string_view word, const std::vector<OpenedSource>& sources) {
  std::vector<std::vector<JobState>> meanings;
  for (const OpenedSource& source : sources)
    for (const std::unique_ptr<JobStore>& store : source.stores) {
      std::vector<JobState> states;
      for (const StateMapping& mapping : store->system().states)
        if (is_word_of(mapping, word)) states.push_back(mapping.state);
      if (!states.empty()) meanings.push_back(std::move(states));
    }
  return meanings;
}

/// Whether a system calls jobs so that our state of that word leaves out: it has the word for other states, or the word
/// is only another spelling of ours.
bool leaves_out_some(const StateSelector& selector, const std::vector<OpenedSource>& sources) {
  const bool is_ours = equal_ignoring_case(to_word(*selector.state), selector.word);
  return std::ranges::any_of(meanings_of(selector.word, sources), [&](const std::vector<JobState>& states) {
    return std::ranges::any_of(states, [&](JobState state) { return state != *selector.state; }) &&
           (!is_ours || std::ranges::find(states, *selector.state) == states.end());
  });
}

/// Whether the selector takes ended jobs only.
bool means_end(const StateSelector& selector, const std::vector<OpenedSource>& sources) {
  if (selector.state) return is_finished(*selector.state);
  const std::vector<std::vector<JobState>> meanings = meanings_of(selector.word, sources);
  return !meanings.empty() && std::ranges::all_of(meanings, [](const std::vector<JobState>& states) {
    return std::ranges::all_of(states, is_finished);
  });
}

/// Whether a job is called `word` now. Words that applications make up, and those of newer releases, stand in no list.
bool any_job_is_called(const std::string& word, std::vector<OpenedSource>& sources, ReadLimits limits) {
  constexpr std::chrono::milliseconds longest{2'000};
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest);
  limits.statement_timeout = std::min(limits.statement_timeout.value_or(longest), longest);
  JobQuery query;
  query.filter.states.push_back({std::nullopt, word});
  query.page_size = 1;
  query.order = JobOrder::storage;
  query.limits = limits;
  std::vector<std::size_t> found(outcome_count(sources));
  for_each_store(sources, [&](JobStore& store, std::size_t index) { found[index] = store.list(query).jobs.size(); });
  return std::ranges::any_of(found, [](std::size_t jobs) { return jobs > 0; });
}

Error unknown_state(const std::string& word, const std::vector<OpenedSource>& sources) {
  std::vector<std::string> accepted;
  for (const JobState state : all_job_states) accepted.emplace_back(to_word(state));
  for (const OpenedSource& source : sources)
    for (const std::unique_ptr<JobStore>& store : source.stores)
      for (const StateMapping& mapping : store->system().states)
        if (std::ranges::find(accepted, mapping.native) == accepted.end()) accepted.emplace_back(mapping.native);
  const std::string suggestion = did_you_mean(word, accepted);
  return Error(ErrorKind::usage, "--state: no state is called " + in_quotes(word))
      .with_hint((suggestion.empty() ? "" : suggestion + " ") + "States: " + joined(accepted));
}

}  // namespace

void check_states(JobFilter& filter, const FilterOptions& options, std::vector<OpenedSource>& sources,
                  const ReadLimits& limits) {
  if (std::ranges::all_of(sources, [](const OpenedSource& source) { return source.stores.empty(); })) return;
  std::vector<StateSelector> words;
  for (const StateSelector& selector : filter.states) {
    if (selector.state) {
      if (leaves_out_some(selector, sources)) words.push_back({std::nullopt, selector.word});
    } else if (meanings_of(selector.word, sources).empty() && !any_job_is_called(selector.word, sources, limits)) {
      throw unknown_state(selector.word, sources);
    }
  }
  if (!filter.states.empty() &&
      std::ranges::all_of(filter.states, [&](const StateSelector& selector) { return means_end(selector, sources); }))
    refer_to_ends(filter, options);
  std::ranges::move(words, std::back_inserter(filter.states));
}

std::vector<std::string> check_queues(const std::vector<std::string>& queues, std::vector<OpenedSource>& sources,
                                      const ReadLimits& limits) {
  const bool any_plain =
      std::any_of(queues.begin(), queues.end(), [](const std::string& queue) { return !is_glob(queue); });
  if (!any_plain) return {};
  std::vector<std::vector<Untrusted>> answers(outcome_count(sources));
  const std::vector<SourceOutcome> outcomes =
      for_each_store(sources, [&](JobStore& store, std::size_t index) { answers[index] = store.queues(limits); });
  if (std::any_of(outcomes.begin(), outcomes.end(),
                  [](const SourceOutcome& outcome) { return outcome.error || outcome.unseen; }))
    return {};
  std::set<std::string> known;
  for (const std::vector<Untrusted>& names : answers)
    for (const Untrusted& name : names) known.insert(name.raw());

  const std::vector<std::string> candidates(known.begin(), known.end());
  std::vector<std::string> unknown;
  bool any_known = false;
  for (const std::string& queue : queues) {
    if (is_glob(queue) || known.contains(queue))
      any_known = true;
    else
      unknown.push_back(queue);
  }
  std::vector<std::string> warnings;
  for (const std::string& queue : unknown) {
    const std::string suggestion = did_you_mean(queue, candidates);
    const std::string message = "no queue is called " + in_quotes(queue);
    if (any_known) {
      warnings.push_back(suggestion.empty() ? message : message + "; " + suggestion);
    } else if (is_number(queue)) {
      throw Error(ErrorKind::usage, message)
          .with_hint("-n names a queue here; for a number of jobs write --limit " + queue);
    } else {
      constexpr std::size_t shown = 20;
      std::vector<std::string> listed;
      for (const std::string& name : candidates)
        if (listed.size() < shown) listed.push_back(in_quotes(name));
      const std::string list = candidates.empty()          ? "no queue holds anything now"
                               : candidates.size() > shown ? "Queues: " + joined(listed) + ", ..."
                                                           : "Queues: " + joined(listed);
      throw Error(ErrorKind::not_found, message).with_hint((suggestion.empty() ? "" : suggestion + " ") + list);
    }
  }
  return warnings;
}

}  // namespace queuetrace

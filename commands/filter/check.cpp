#include "commands/filter/check.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

bool same_letters(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether the selector takes ended jobs only.
bool means_end(const StateSelector& selector, const std::vector<OpenedSource>& sources) {
  if (selector.state) return is_finished(*selector.state);
  for (const OpenedSource& source : sources)
    for (const std::unique_ptr<JobStore>& store : source.stores)
      for (const StateMapping& mapping : store->system().states)
        if (same_letters(mapping.native, selector.word) && !is_finished(mapping.state)) return false;
  return true;
}

}  // namespace

void check_states(JobFilter& filter, const FilterOptions& options, const std::vector<OpenedSource>& sources) {
  std::vector<std::string> accepted;
  for (const JobState state : all_job_states) accepted.emplace_back(to_word(state));
  bool any_store = false;
  for (const OpenedSource& source : sources) {
    for (const std::unique_ptr<JobStore>& store : source.stores) {
      any_store = true;
      for (const StateMapping& mapping : store->system().states)
        if (std::find(accepted.begin(), accepted.end(), mapping.native) == accepted.end())
          accepted.emplace_back(mapping.native);
    }
  }
  if (!any_store) return;
  for (const StateSelector& selector : filter.states) {
    const auto same = [&](const std::string& word) { return same_letters(word, selector.word); };
    if (selector.state || std::any_of(accepted.begin(), accepted.end(), same)) continue;
    const std::string suggestion = did_you_mean(selector.word, accepted);
    throw Error(ErrorKind::usage, "--state: no state is called " + in_quotes(selector.word))
        .with_hint((suggestion.empty() ? "" : suggestion + " ") + "States: " + joined(accepted));
  }
  if (!filter.states.empty() &&
      std::ranges::all_of(filter.states, [&](const StateSelector& selector) { return means_end(selector, sources); }))
    refer_to_ends(filter, options);
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

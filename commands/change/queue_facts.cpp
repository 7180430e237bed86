#include "commands/change/queue_facts.hpp"

#include <algorithm>

#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/age.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

std::string shown(const Untrusted& text) { return terminal_text(text, Profile::text, table_cell); }

std::uint64_t count_of(const QueueStatistics& queue, JobState state) {
  for (const StateStatistics& one : queue.states)
    if (one.state == state) return one.count.value;
  return 0;
}

}  // namespace

std::optional<QueueFacts> queue_facts(JobStore& store, const std::string& queue, const ReadLimits& limits) {
  StatisticsQuery query;
  query.queues = {quoted_glob(queue)};
  query.window = Milliseconds(0);
  query.limits = limits;
  try {
    Statistics statistics = store.statistics(query);
    for (QueueStatistics& one : statistics.queues)
      if (one.queue.raw() == queue) return QueueFacts{std::move(one), statistics.now};
  } catch (const Error& error) {
    if (is_unanswered(error.kind()) && error.kind() != ErrorKind::timed_out) throw;
  }
  return std::nullopt;
}

std::string pause_words(const QueuePause& pause, const std::optional<Timestamp>& now) {
  std::string words = "paused";
  if (pause.since && now && *pause.since <= *now)
    words += " " + to_age(std::chrono::duration_cast<Milliseconds>(*now - *pause.since));
  if (pause.by && !pause.by->empty()) words += " by " + shown(*pause.by);
  if (pause.reason && !pause.reason->empty()) words += ": " + shown(*pause.reason);
  return words;
}

std::string waiting_words(const QueueStatistics& queue) {
  std::uint64_t waiting = 0;
  std::vector<std::string> parts;
  for (const JobState state : {JobState::pending, JobState::scheduled, JobState::blocked, JobState::retrying}) {
    const std::uint64_t jobs = count_of(queue, state);
    waiting += jobs;
    if (jobs > 0) parts.push_back(grouped(jobs) + " " + std::string(to_word(state)));
  }
  if (waiting == 0) return {};
  return count_words(waiting, "job") + (waiting == 1 ? " waits: " : " wait: ") + joined(parts);
}

std::string running_words(const QueueStatistics& queue) {
  const std::uint64_t running = count_of(queue, JobState::running);
  return running == 0 ? "" : grouped(running) + (running == 1 ? " still runs" : " still run");
}

void require_known_queue(JobStore& store, const std::string& queue, const std::string& hint, const ReadLimits& limits) {
  std::vector<std::string> names;
  for (const Untrusted& name : store.queues(limits)) {
    if (name.raw() == queue) return;
    names.push_back(name.raw());
  }
  const std::string suggestion = did_you_mean(queue, names);
  throw Error(ErrorKind::not_found,
              "no queue is called " + in_quotes(queue) + " in " + store.address() + "; nothing was changed")
      .with_hint((suggestion.empty() ? "" : suggestion + " ") + hint);
}

}  // namespace queuetrace

#include "model/queue_verdict.hpp"

#include <fmt/format.h>

#include "model/age.hpp"
#include "model/count_words.hpp"
#include "model/lasting.hpp"

namespace queuetrace {
namespace {

struct Counts {
  std::uint64_t waiting = 0, running = 0;
  std::optional<Timestamp> due;  ///< when the first of the waiting jobs came due
};

Counts counts_of(const QueueStatistics& queue) {
  Counts counts;
  for (const StateStatistics& state : queue.states) {
    if (state.state == JobState::running) counts.running += state.count.value;
    if (is_finished(state.state) || state.state == JobState::running || state.state == JobState::unknown) continue;
    counts.waiting += state.count.value;
    const bool may_run = state.state != JobState::blocked;
    if (may_run && state.due && (!counts.due || *state.due < *counts.due)) counts.due = state.due;
  }
  return counts;
}

std::string paused_text(const QueueStatistics& queue, const std::optional<Timestamp>& now, std::uint64_t waiting) {
  std::string text = "paused";
  if (queue.pause && queue.pause->since && now)
    if (const std::string lasting = lasting_since(*queue.pause->since, *now); !lasting.empty()) text += " " + lasting;
  return text + (waiting > 0 ? ": " + count_words(waiting, "job waits", "jobs wait") : ": nothing waits");
}

}  // namespace

bool is_stuck(Milliseconds due_for, std::uint64_t running, std::uint64_t stale, bool done, Milliseconds patience) {
  return due_for >= patience && running <= stale && !done;
}

QueueVerdict queue_verdict(const QueueStatistics& queue, const std::optional<Timestamp>& now, Milliseconds patience) {
  const Counts counts = counts_of(queue);
  const std::uint64_t stale = queue.stale ? queue.stale->value : 0;
  const bool done = queue.completed_per_minute.value_or(0) > 0;
  if (queue.paused.value_or(false)) return {"paused", paused_text(queue, now, counts.waiting)};
  const Milliseconds due_for =
      now && counts.due ? std::chrono::duration_cast<Milliseconds>(*now - *counts.due) : Milliseconds(0);
  if (is_stuck(due_for, counts.running, stale, done, patience))
    return {"stuck", "stuck: jobs are due for " + to_age(due_for) + ", and none is taken" +
                         (stale > 0 ? "; the workers of those that run are gone" : "")};
  if (stale > 0)
    return {"stale", fmt::format("the workers of {} of {} that run are gone", grouped(stale),
                                 count_words(counts.running, "job"))};
  if (counts.running > 0 || done)
    return {"working", counts.running > 0 ? count_words(counts.running, "job runs", "jobs run")
                                          : std::string("jobs are done, none runs at this moment")};
  if (counts.waiting > 0) return {"waiting", count_words(counts.waiting, "job") + " not due, or not for long"};
  return {"empty", "nothing is to be done"};
}

}  // namespace queuetrace

#include "model/long_pauses.hpp"

#include <algorithm>

#include "model/age.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_pauses_named = 3;

bool is_long(const QueueStatistics& queue, const std::optional<Timestamp>& now, Milliseconds longest) {
  if (!queue.paused.value_or(false)) return false;
  const auto pending = std::ranges::find(queue.states, JobState::pending, &StateStatistics::state);
  if (pending == queue.states.end() || pending->count.value == 0) return false;
  const std::optional<Timestamp> since = queue.pause && queue.pause->since ? queue.pause->since : pending->due;
  return !since || !now || *now - *since > longest;
}

}  // namespace

std::optional<Finding> long_pauses(const Statistics& told, Milliseconds longest, bool can_resume) {
  Finding finding{Finding::Severity::warning, "paused queues",
                  "paused while jobs in them have been due for over " + to_age(longest) + ", as far as times are known",
                  can_resume ? "queuetrace queue resume -s <source> NAME" : "resume them in the application",
                  std::string(paused_queue_code)};
  Count count;
  for (const QueueStatistics& queue : told.queues) {
    if (!is_long(queue, told.now, longest)) continue;
    ++count.value;
    if (finding.names.size() < most_pauses_named) finding.names.push_back(queue.queue);
  }
  if (count.value == 0) return std::nullopt;
  finding.count = count;
  return finding;
}

}  // namespace queuetrace

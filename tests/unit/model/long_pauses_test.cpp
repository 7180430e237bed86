// When a paused queue is a finding.
#include "model/long_pauses.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

namespace {

const Timestamp now = Timestamp() + std::chrono::hours(24 * 365 * 56);
constexpr Milliseconds hour = std::chrono::hours(1);

/// A paused queue in which one job is pending.
QueueStatistics paused() {
  QueueStatistics queue;
  queue.queue = Untrusted("email");
  queue.paused = true;
  queue.states = {{JobState::pending, Count{1}, {}, {}}};
  return queue;
}

std::optional<Finding> found(const QueueStatistics& queue) {
  Statistics told;
  told.now = now;
  told.queues = {queue};
  return long_pauses(told, hour, true);
}

}  // namespace

TEST_CASE("a queue is found that has been paused for long while jobs are due") {
  QueueStatistics queue = paused();
  queue.pause = QueuePause{now - std::chrono::hours(2), {}, {}};
  const std::optional<Finding> finding = found(queue);
  REQUIRE(finding);
  CHECK(finding->code == "paused-queue");
  CHECK(finding->names == std::vector{Untrusted("email")});
  CHECK(finding->count->value == 1);

  queue.pause->since = now - std::chrono::minutes(5);
  CHECK_FALSE(found(queue));
  queue.pause->since = now - std::chrono::hours(2);
  queue.states = {{JobState::scheduled, Count{5}, {}, {}}, {JobState::running, Count{5}, {}, {}}};
  CHECK_FALSE(found(queue));
  queue.states.clear();
  CHECK_FALSE(found(queue));
}

TEST_CASE("where nobody knows since when, its first job tells, and where that is unknown it is found") {
  QueueStatistics queue = paused();
  CHECK(found(queue));
  queue.states.front().due = now - std::chrono::hours(2);
  CHECK(found(queue));
  queue.states.front().due = now - std::chrono::minutes(2);
  CHECK_FALSE(found(queue));
}

TEST_CASE("a queue that is not paused, or of which that is not known, is not found") {
  QueueStatistics queue = paused();
  queue.paused = false;
  CHECK_FALSE(found(queue));
  queue.paused.reset();
  CHECK_FALSE(found(queue));
}

#include "model/queue_verdict.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

const Timestamp now = *parse_timestamp("2026-01-02T03:04:05Z");

StateStatistics jobs(JobState state, std::uint64_t count, std::optional<Timestamp> due = {}) {
  StateStatistics statistics;
  statistics.state = state;
  statistics.count.value = count;
  statistics.due = due;
  return statistics;
}

std::string word(const QueueStatistics& queue) { return queue_verdict(queue, now).word; }

}  // namespace

TEST_CASE("a queue is judged by the first that holds") {
  QueueStatistics queue;
  CHECK(word(queue) == "empty");
  queue.states = {jobs(JobState::pending, 3, now - 2min)};
  CHECK(word(queue) == "waiting");
  queue.states = {jobs(JobState::pending, 3, now - 2h)};
  CHECK(word(queue) == "stuck");
  CHECK(queue_verdict(queue, now).text == "stuck: jobs are due for 2h, and none is taken");
  CHECK(queue_verdict(queue, std::nullopt).word == "waiting");
  queue.completed_per_minute = 0.5;
  CHECK(word(queue) == "working");
  queue.completed_per_minute = 0;
  queue.states.push_back(jobs(JobState::running, 2));
  CHECK(word(queue) == "working");
  queue.stale = Count{1};
  CHECK(word(queue) == "stale");
  queue.stale = Count{2};
  CHECK(queue_verdict(queue, now).text ==
        "stuck: jobs are due for 2h, and none is taken; the workers of those that run are gone");
  queue.paused = true;
  CHECK(queue_verdict(queue, now).text == "paused: 3 jobs wait");
  queue.pause = QueuePause{now - 3h - 49min, {}, {}};
  CHECK(queue_verdict(queue, now).text == "paused 3h49m: 3 jobs wait");
}

TEST_CASE("jobs that wait for others or for their time do not make a queue stuck") {
  QueueStatistics queue;
  queue.states = {jobs(JobState::blocked, 1, now - 2h), jobs(JobState::scheduled, 1, now + 1h)};
  CHECK(word(queue) == "waiting");
}

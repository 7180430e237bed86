// Counts, ages and percentiles over jobs.
#include "backends/engines/redis/job_tally.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp now{std::chrono::seconds(1'790'000'000)};

Job finished(Milliseconds run) {
  Job job;
  job.queue = Untrusted("q");
  job.state = JobState::completed;
  job.created_at = now - 10min;
  job.finished_at = now - 1min;
  job.run = run;
  return job;
}

Percentiles runs_of(const std::vector<int>& milliseconds) {
  JobTally tally(now, Milliseconds(3'600'000), {});
  for (const int one : milliseconds) tally.add(finished(Milliseconds(one)), true);
  return *tally.rows(true).front().run;
}

}  // namespace

TEST_CASE("a percentile is the smallest value that so many percent do not exceed") {
  const Percentiles four = runs_of({40, 10, 30, 20});
  CHECK(four.p50 == 20ms);
  CHECK(four.p95 == 40ms);
  CHECK(four.p99 == 40ms);
  CHECK(four.maximum == 40ms);
  CHECK(runs_of({7}).p50 == 7ms);
  CHECK(runs_of({1, 2}).p50 == 1ms);
  std::vector<int> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  CHECK(runs_of(hundred).p50 == 50ms);
  CHECK(runs_of(hundred).p95 == 95ms);
  CHECK(runs_of(hundred).p99 == 99ms);
  hundred.push_back(101);
  CHECK(runs_of(hundred).p95 == 96ms);
}

TEST_CASE("times that cannot be true count in no age and hide no other") {
  Seen seen;
  Job job;
  job.state = JobState::pending;
  job.created_at = now + 1h;
  seen.add(job, now);
  CHECK_FALSE(seen.oldest);
  CHECK_FALSE(seen.due);
  CHECK(seen.untimed == 1);
  job.scheduled_at = now - 1h;
  seen.add(job, now);
  CHECK(seen.due == now - 1h);
  CHECK(seen.untimed == 1);
  job.scheduled_at.reset();
  job.created_at = parse_timestamp("0001-01-01T00:00:00Z");
  seen.add(job, now);
  job.created_at = now - 5min;
  seen.add(job, now);
  CHECK(seen.oldest == now - 5min);
  CHECK(seen.count == 4);
  CHECK(seen.untimed == 2);
}

TEST_CASE("estimates of the states of a list make its length") {
  std::map<JobState, Seen> seen;
  seen[JobState::pending].count = 2;
  seen[JobState::retrying].count = 1;
  const std::vector<StateStatistics> states = in_order(seen, 3, 100);
  REQUIRE(states.size() == 2);
  CHECK(states[0].count.value + states[1].count.value == 100);
  CHECK(states[0].count.exactness == Exactness::estimated);
}

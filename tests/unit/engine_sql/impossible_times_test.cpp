// Times that cannot be true: they make no age, no wait and no run, hide none that is true, and are counted as unknown.
#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::Administered;

namespace {

constexpr const char* fixture = "../../systems/hammerwork/fixtures/dialect_c/load.sql";

/// One job a line; all pending ones are due since an hour or nobody knows since when.
constexpr const char* jobs = R"sql(
TRUNCATE hammerwork_jobs, hammerwork_jobs_archive;
INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, started_at, completed_at) VALUES
('00000001-0000-4000-8000-000000000001', 'future', '{}', 'Pending', now() + interval '1 h', now() - interval '1 h', NULL, NULL),
('00000002-0000-4000-8000-000000000002', 'zero', '{}', 'Pending', '0001-01-01Z', '1970-01-01Z', NULL, NULL),
('00000003-0000-4000-8000-000000000003', 'zero', '{}', 'Pending', now() - interval '1 h', '1970-01-01Z', NULL, NULL),
('00000004-0000-4000-8000-000000000004', 'done', '{}', 'Completed', now() - interval '9 min', now() - interval '9 min',
 now() - interval '10 min', now() - interval '11 min'),
('00000005-0000-4000-8000-000000000005', 'done', '{}', 'Completed', '0001-01-01Z', '0001-01-01Z', now() - interval '2 min',
 now() - interval '1 min'),
('00000006-0000-4000-8000-000000000006', 'done', '{}', 'Completed', now() - interval '5 min', now() - interval '5 min',
 now() - interval '4 min', now() - interval '1 min');
UPDATE hammerwork_jobs SET attempts = 1 WHERE status = 'Completed';  -- else nobody knows when they began to wait
)sql";

const QueueStatistics& queue_of(const Statistics& statistics, std::string_view name) {
  const auto found =
      std::ranges::find_if(statistics.queues, [&](const QueueStatistics& queue) { return queue.queue.raw() == name; });
  REQUIRE(found != statistics.queues.end());
  return *found;
}

std::int64_t minutes_between(std::optional<Timestamp> from, std::optional<Timestamp> until) {
  REQUIRE((from && until));
  return std::chrono::duration_cast<std::chrono::minutes>(*until - *from).count();
}

}  // namespace

TEST_CASE("impossible waits and runs are unknown, and a note says so") {
  Administered on(fixture, jobs);
  JobQuery query;
  query.page_size = 100;
  std::size_t told = 0;
  for (const Job& job : on.store().list(query).jobs) {
    CAPTURE(job.ref.id.raw());
    CHECK((!job.wait || (job.wait->count() >= 0 && job.wait->count() < 600'000)));
    CHECK((!job.run || (job.run->count() >= 0 && job.run->count() < 600'000)));
    told += std::ranges::count(job.notes, "times-out-of-order", &Note::code);
  }
  CHECK(told == 2);
}

TEST_CASE("times before any queue system are told of beside the job") {
  Administered on(fixture, jobs);
  JobQuery query;
  query.page_size = 100;
  std::string told;
  for (const Job& job : on.store().list(query).jobs)
    for (const Note& note : job.notes)
      if (note.code == "impossible-time") told += job.ref.id.raw().substr(0, 8) + ": " + note.text + "\n";
  CHECK(told ==
        "00000002: its creation time, 0001-01-01T00:00:00.000Z, cannot be true: what follows from it is not known\n"
        "00000005: its creation time, 0001-01-01T00:00:00.000Z, cannot be true: what follows from it is not known\n");
}

TEST_CASE("impossible times make no age and no percentile, and hide no age that is true") {
  Administered on(fixture, jobs);
  for (const Milliseconds window : {Milliseconds(3'600'000), Milliseconds(0)}) {
    StatisticsQuery query;
    query.window = window;
    const Statistics statistics = on.store().statistics(query);
    const StateStatistics& future = queue_of(statistics, "future").states.front();
    CHECK(minutes_between(future.due, statistics.now) == 60);
    CHECK_FALSE(future.oldest);
    CHECK(future.untimed == 0);
    const StateStatistics& zero = queue_of(statistics, "zero").states.front();
    CHECK(minutes_between(zero.due, statistics.now) == 60);
    CHECK(minutes_between(zero.oldest, statistics.now) == 60);
    CHECK(zero.untimed == 1);
    CHECK(zero.count.value == 2);
    const QueueStatistics& done = queue_of(statistics, "done");
    CHECK(done.states.front().untimed == 0);  // nobody asks when an ended job came due
    if (window == Milliseconds(0)) continue;
    REQUIRE((done.wait && done.run));
    CHECK(done.wait->samples == 1);
    CHECK(done.wait->maximum == Milliseconds(60'000));
    CHECK(done.run->samples == 2);
    CHECK(done.run->maximum == Milliseconds(180'000));
  }
}

// Times that can be true, and what is made of others.
#include "model/plausible_time.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp now{std::chrono::seconds(1'790'000'000)};
const Timestamp year_one = *parse_timestamp("0001-01-01T00:00:00Z");
const Timestamp epoch{};

}  // namespace

TEST_CASE("what has happened lies between the oldest queues and now") {
  CHECK(plausible_past(now - 1h, now) == now - 1h);
  CHECK(plausible_past(now + 1min, now) == now + 1min);  // another clock
  CHECK_FALSE(plausible_past(now + 1h, now));
  CHECK_FALSE(plausible_past(year_one, now));
  CHECK_FALSE(plausible_past(epoch, now));
  CHECK_FALSE(plausible_past(infinite_past, now));
  CHECK_FALSE(plausible_past(infinite_future, now));
  CHECK_FALSE(plausible_past(std::nullopt, now));
}

TEST_CASE("a job is due when it was made and its time has come, as far as either is known") {
  CHECK(plausible_due(now - 2h, now - 1h, now) == now - 1h);
  CHECK(plausible_due(now - 1h, now - 2h, now) == now - 1h);
  CHECK(plausible_due(now - 1h, now + 2h, now) == now + 2h);
  CHECK(plausible_due(now + 1h, now - 1h, now) == now - 1h);  // made in the future: its schedule tells
  CHECK(plausible_due(now - 1h, epoch, now) == now - 1h);
  CHECK_FALSE(plausible_due(year_one, epoch, now));
  CHECK_FALSE(plausible_due(now + 1h, std::nullopt, now));
}

TEST_CASE("durations that cannot be are taken out, and that is said once") {
  Job job;
  job.wait = -1min;
  job.run = 5s;
  drop_impossible_durations(job);
  CHECK_FALSE(job.wait);
  CHECK(job.run == Milliseconds(5'000));
  REQUIRE(job.notes.size() == 1);
  CHECK(job.notes[0].code == "times-out-of-order");
  job.wait = Milliseconds(700'000LL * 86'400'000);
  job.run = -1ms;
  job.notes.clear();
  drop_impossible_durations(job);
  CHECK_FALSE(job.wait);
  CHECK_FALSE(job.run);
  CHECK(job.notes.size() == 1);
  Job fine;
  fine.wait = 0ms;
  drop_impossible_durations(fine);
  CHECK(fine.wait == 0ms);
  CHECK(fine.notes.empty());
}

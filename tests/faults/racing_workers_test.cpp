// Workers claim and finish jobs at full speed while we purge, retry, cancel, delete and move them, through the
// interface of the commands and through the program itself: 100,000 jobs in all systems together, each ends exactly
// once in a legal place.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/faults/race.hpp"

namespace queuetrace::test {
namespace {

/// Shares of a hundred; QUEUETRACE_RACED_JOBS says how many jobs in all (fewer while one works on something).
int share(int percent) {
  const char* asked = std::getenv("QUEUETRACE_RACED_JOBS");
  const int all = asked == nullptr ? 100'000 : std::atoi(asked);
  REQUIRE(all > 0);
  return all * percent / 100;
}

void race(std::unique_ptr<ReplayedQueue> queue, int percent, Through through = Through::administration) {
  for (const std::string& problem : run_race(*queue, share(percent), through)) CHECK_MESSAGE(false, problem);
}

TEST_CASE("racing workers: hammerwork") { race(replayed_hammerwork(), 15); }
TEST_CASE("racing workers: procrastinate") { race(replayed_procrastinate(), 13); }
TEST_CASE("racing workers: river") { race(replayed_river(), 8); }
TEST_CASE("racing workers: go-redis-work-queue") { race(replayed_go_redis(), 36); }
TEST_CASE("racing workers: emp-job-queue") { race(replayed_emp(), 15); }

TEST_CASE("racing the program: hammerwork") { race(replayed_hammerwork(), 3, Through::the_program); }
TEST_CASE("racing the program: procrastinate") { race(replayed_procrastinate(), 3, Through::the_program); }
TEST_CASE("racing the program: go-redis-work-queue") { race(replayed_go_redis(), 4, Through::the_program); }
TEST_CASE("racing the program: emp-job-queue") { race(replayed_emp(), 3, Through::the_program); }

}  // namespace
}  // namespace queuetrace::test

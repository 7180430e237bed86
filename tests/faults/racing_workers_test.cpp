// Workers claim and finish jobs at full speed while we purge, retry, cancel, delete and move: over 100,000 jobs in all
// systems together, each ends exactly once in a legal place.
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

void race(std::unique_ptr<ReplayedQueue> queue, int percent) {
  for (const std::string& problem : run_race(*queue, share(percent))) CHECK_MESSAGE(false, problem);
}

TEST_CASE("racing workers: hammerwork") { race(replayed_hammerwork(), 25); }
TEST_CASE("racing workers: procrastinate") { race(replayed_procrastinate(), 15); }
TEST_CASE("racing workers: go-redis-work-queue") { race(replayed_go_redis(), 40); }
TEST_CASE("racing workers: emp-job-queue") { race(replayed_emp(), 20); }

}  // namespace
}  // namespace queuetrace::test

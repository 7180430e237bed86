// Percentiles of every system are of one definition: the smallest value that so many percent of the runs do not exceed.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/conformance/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Milliseconds nearest_rank(const std::vector<Milliseconds>& sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

/// How long each ended job of a queue ran, shortest first.
std::map<std::string, std::vector<Milliseconds>> runs_by_queue(JobStore& store) {
  std::map<std::string, std::vector<Milliseconds>> runs;
  JobQuery query;
  query.page_size = 200;
  for (const Job& job : list_all(store, query))
    if (job.queue && job.started_at && job.finished_at && *job.finished_at >= *job.started_at)
      runs[job.queue->raw()].push_back(std::chrono::duration_cast<Milliseconds>(*job.finished_at - *job.started_at));
  for (auto& [queue, times] : runs) std::ranges::sort(times);
  return runs;
}

}  // namespace

TEST_CASE("percentiles of runs are the nearest ranks of the times that the jobs show") {
  StatisticsQuery question;
  question.window = std::chrono::hours(24 * 365 * 20);
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    std::map<std::string, std::vector<Milliseconds>> runs = runs_by_queue(loaded.store());
    for (const QueueStatistics& queue : loaded.store().statistics(question).queues) {
      CAPTURE(queue.queue.raw());
      const std::vector<Milliseconds>& times = runs[queue.queue.raw()];
      if (!queue.run || times.size() != queue.run->samples) continue;  // a system may know of further runs
      CHECK(queue.run->p50 == nearest_rank(times, 50));
      CHECK(queue.run->p95 == nearest_rank(times, 95));
      CHECK(queue.run->p99 == nearest_rank(times, 99));
      CHECK(queue.run->maximum == times.back());
    }
  }
}

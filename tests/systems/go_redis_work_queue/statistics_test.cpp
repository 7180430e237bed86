// go-redis-work-queue on a real server: of which moment its numbers are, and how many jobs peek shows.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "backends/systems/go_redis_work_queue/system.hpp"
#include "tests/systems/redis_store.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

}  // namespace

TEST_CASE("peek shows as many jobs as asked for of each queue, whatever waits in queues before it") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  PeekQuery peek;
  peek.count = 2;
  const PeekResult result = store->peek(peek);
  REQUIRE(result.queues.size() == 2);
  for (const PeekQueue& queue : result.queues) CHECK(queue.next.size() == 2);
  CHECK(std::ranges::any_of(result.queues[1].notes, [](const std::string& note) {
    return note.starts_with("taken only while the queues before it are empty");
  }));
}

TEST_CASE("with an interval the numbers are those at its end") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  const auto completed = [](const Statistics& statistics) {
    const auto row = std::ranges::find_if(
        statistics.queues, [](const QueueStatistics& queue) { return queue.queue.raw() == "jobqueue:completed"; });
    REQUIRE(row != statistics.queues.end());
    std::uint64_t jobs = 0;
    for (const StateStatistics& state : row->states) jobs += state.count.value;
    return std::pair(jobs, row->completed_per_minute.value_or(0));
  };
  std::uint64_t pushed = completed(store->statistics({})).first;
  StatisticsQuery query;
  query.interval = Milliseconds(250);
  double rate = 0;
  while (rate == 0) {  // on a busy machine the jobs may come too late for the interval
    *query.interval *= 2;
    std::thread worker([&] {
      std::this_thread::sleep_for(*query.interval / 2);
      for (int i = 0; i < 3; ++i) server.ask({"LPUSH", "jobqueue:completed", "{\"id\":\"late\"}"});
    });
    const auto [jobs, per_minute] = completed(store->statistics(query));
    worker.join();
    rate = per_minute;
    if (rate > 0)
      CHECK(jobs == pushed + static_cast<std::uint64_t>(
                                 std::llround(rate * static_cast<double>(query.interval->count()) / 60'000)));
    pushed += 3;
  }
}

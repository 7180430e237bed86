// go-redis-work-queue on a real server: what is read of the canonical data set and of hostile elements.
#include "backends/engines/redis/job_note.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "model/error.hpp"
#include "tests/systems/go_redis_work_queue/elements.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

}  // namespace

TEST_CASE("the canonical set is found and listed newest first, whatever the page size") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  JobQuery query;
  query.page_size = 100;
  query.payload = true;
  const std::vector<Job> jobs = all_jobs(*store, query);
  CHECK(jobs.size() == 24);
  for (std::size_t i = 1; i < jobs.size(); ++i)
    if (jobs[i].created_at && jobs[i - 1].created_at) CHECK(*jobs[i - 1].created_at >= *jobs[i].created_at);
  for (const std::size_t size : {1u, 2u, 3u, 7u}) {
    query.page_size = size;
    CHECK(ids_of(all_jobs(*store, query)) == ids_of(jobs));
  }
  query.order = JobOrder::storage;
  std::vector<std::string> stored = ids_of(all_jobs(*store, query)), wanted = ids_of(jobs);
  std::sort(stored.begin(), stored.end());
  std::sort(wanted.begin(), wanted.end());
  CHECK(stored == wanted);

  std::map<JobState, int> states;
  int orphaned = 0, stranded = 0, started = 0, undecodable = 0;
  for (const Job& job : jobs) {
    ++states[job.state];
    orphaned += has_note(job, "orphaned");
    stranded += has_note(job, "stranded");
    started += job.started_at.has_value();
    undecodable += has_note(job, "undecodable");
    if (has_note(job, "undecodable")) CHECK(job.payload->text.raw() == "not json at all");
    if (job.state == JobState::dead) CHECK(job.attempts == 4);
  }
  CHECK(states == std::map<JobState, int>{{JobState::pending, 11},
                                          {JobState::retrying, 1},
                                          {JobState::running, 4},
                                          {JobState::completed, 5},
                                          {JobState::dead, 3}});
  CHECK(orphaned == 1);
  CHECK(stranded == 1);
  CHECK(started == 0);  // their heartbeats live 600 s, longer than the 30 s assumed
  CHECK(undecodable == 1);

  Source source;
  source.keys = {{"worker.heartbeat_ttl", "600s"}, {"worker.max_retries", "3"}};
  const std::unique_ptr<JobStore> configured = open_redis_store(server.target(), go_redis_work_queue::system, source);
  query.filter.states = {{JobState::running, "running"}};
  query.page_size = 50;
  int known = 0;
  for (const Job& job : all_jobs(*configured, query)) {
    known += job.started_at.has_value();
    CHECK(job.max_attempts == 4);
  }
  CHECK(known == 2);
}

TEST_CASE("counts alone cost the lengths of lists, and configured queues are there when they are empty") {
  RedisServer server;
  std::vector<std::string> push{"LPUSH", "jobqueue:completed"};
  for (int i = 0; i < 3000; ++i) push.push_back(go_element(i));
  server.run({push, {"LPUSH", "jobqueue:low_priority", go_element(5000), go_element(5001, {{"retries", "2"}})}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  const auto ranges = [&] {
    const std::string text = server.ask({"INFO", "commandstats"});
    return text.find("cmdstat_lrange") != std::string::npos;
  };
  server.run({{"CONFIG", "RESETSTAT"}});
  StatisticsQuery counts;
  counts.window = Milliseconds(0);
  std::map<std::string, std::uint64_t> found;
  for (const QueueStatistics& queue : store->statistics(counts).queues) {
    found[queue.queue.raw()] = 0;
    for (const StateStatistics& state : queue.states) {
      CHECK(state.count.exactness == Exactness::exact);
      found[queue.queue.raw()] += state.count.value;
    }
  }
  CHECK(found == std::map<std::string, std::uint64_t>{
                     {"jobqueue:completed", 3000}, {"jobqueue:high_priority", 0}, {"jobqueue:low_priority", 2}});
  CHECK_FALSE(ranges());
  bool empty_there = false;
  for (const QueueStatistics& queue : store->statistics({}).queues)
    empty_there = empty_there || (queue.queue.raw() == "jobqueue:high_priority" && queue.states.empty());
  CHECK(empty_there);
  CHECK(ranges());
  counts.queues = {"low"};
  CHECK(store->statistics(counts).queues.size() == 1);
}

TEST_CASE("peek, statistics and check tell what the canonical set holds") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  std::ifstream file(fixtures / "standard/expected.json");
  const nlohmann::json expected = nlohmann::json::parse(file);

  PeekQuery peek;
  peek.why = true;
  peek.count = 100;
  const PeekResult result = store->peek(peek);
  REQUIRE(result.queues.size() == 2);
  CHECK(result.queues[0].queue.raw() == "jobqueue:high_priority");
  for (const PeekQueue& queue : result.queues)
    CHECK(ids_of(queue.next) == expected["peek"][queue.queue.raw()].get<std::vector<std::string>>());
  std::map<std::string, std::uint64_t> reasons;
  for (const PeekQueue& queue : result.queues)
    for (const Waiting& waiting : queue.waiting) reasons[waiting.reason] = waiting.count.value_or(0);
  CHECK(reasons == std::map<std::string, std::uint64_t>{{"orphaned", 1}, {"stranded", 1}, {"rate-limit-stuck", 0}});
  peek.queues = {"low"};
  peek.count = 2;
  const PeekResult low = store->peek(peek);
  CHECK(ids_of(low.queues.at(0).next) ==
        std::vector<std::string>{"a000000000000000000000000000000f", "a0000000000000000000000000000010"});

  const Statistics statistics = store->statistics({});
  std::map<std::string, std::map<std::string, std::uint64_t>> counts;
  for (const QueueStatistics& queue : statistics.queues) {
    for (const StateStatistics& state : queue.states) {
      counts[queue.queue.raw()][std::string(to_word(state.state))] = state.count.value;
      CHECK(state.count.exactness == Exactness::exact);
    }
    if (queue.queue.raw() == "jobqueue:low_priority") CHECK(queue.stale->value == 2);
  }
  CHECK(nlohmann::json(counts) == expected["counts"]);

  const StoreCheck check = store->check({});
  CHECK(check.server.starts_with("Redis 7."));
  CHECK(std::any_of(check.findings.begin(), check.findings.end(), [](const Finding& finding) {
    return finding.subject == "rate limit key" && finding.severity == Finding::Severity::problem;
  }));
}

TEST_CASE("filters") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  const auto count = [&](const JobFilter& filter) {
    JobQuery query;
    query.filter = filter;
    return all_jobs(*store, query).size();
  };
  JobFilter filter;
  filter.traces = {make_trace_query("4BF92F35-77B3-4DA6-A3CE-929D0E0E0016")};
  CHECK(count(filter) == 2);
  filter = {};
  filter.traces = {make_trace_query("x'; touch pwned; echo '")};
  CHECK(count(filter) == 1);
  filter = {};
  filter.queues = {"high"};
  CHECK(count(filter) == 8);
  filter.queues = {"jobqueue:low*"};
  CHECK(count(filter) == 16);
  filter = {};
  filter.states = {{JobState::dead, "dead"}};
  CHECK(count(filter) == 3);
  filter.states = {{std::nullopt, "dead_letter"}, {std::nullopt, "PROCESSING"}};
  CHECK(count(filter) == 7);
  filter = {};
  filter.ids = {"bench"};
  CHECK(count(filter) == 1);
  filter = {};
  filter.where = {{{"filepath"}, PayloadCondition::Comparison::contains, "file7."}};
  CHECK(count(filter) == 1);
  filter = {};
  filter.workers = {"host-b-*"};
  CHECK(count(filter) == 2);
  filter = {};
  filter.since = parse_timestamp("2026-01-02T03:18:00Z");
  filter.until = parse_timestamp("2026-01-02T03:20:05Z");
  CHECK(count(filter) == 2);
  filter = {};
  filter.span_ids = {"00f067aa0ba90003"};
  CHECK(count(filter) == 1);
  filter = {};
  filter.correlation_ids = {"x"};
  CHECK(count(filter) == 0);
}

TEST_CASE("hostile elements and keys hide nothing") {
  RedisServer server;
  server.load(fixtures / "hostile/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  JobQuery query;
  const Page page = store->list(query);
  CHECK(page.jobs.size() == 12);
  CHECK(page.warnings.size() == 2);
  query.filter.traces = {make_trace_query("4bf92f3577b34da6a3ce929d0e0e0008")};
  CHECK(ids_of(all_jobs(*store, query)) == std::vector<std::string>{"escaped-trace"});
  query.filter = {};
  query.filter.queues = {"*\\"};
  CHECK(all_jobs(*store, query).empty());
}

TEST_CASE("lists of finished jobs are named like queues: by key or alias, never by a pattern") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  const auto count = [&](const std::string& queue) {
    JobQuery query;
    query.filter.queues = {queue};
    return all_jobs(*store, query).size();
  };
  CHECK(count("dead_letter") == 3);
  CHECK(count("jobqueue:dead_letter") == 3);
  CHECK(count("completed") == 5);
  CHECK(count("dead_*") == 0);
  const std::vector<Untrusted> names = store->queues({});
  for (const char* name : {"completed", "dead_letter", "high", "jobqueue:completed", "jobqueue:dead_letter",
                           "jobqueue:high_priority", "jobqueue:low_priority", "low"})
    CHECK(std::find(names.begin(), names.end(), Untrusted(name)) != names.end());
  CHECK(names.size() == 8);
}

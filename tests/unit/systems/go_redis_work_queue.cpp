// go-redis-work-queue on a real server: the canonical data set, hostile elements, changes between and during reads.
#include "backends/systems/go_redis_work_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "backends/kv/open.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using test::RedisServer;

namespace {

const std::filesystem::path fixtures = "../../fixtures/go-redis-work-queue";

std::unique_ptr<JobStore> open_store(const RedisServer& server, Source source = {}) {
  const RedisSystem* const systems[] = {&go_redis_work_queue};
  std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connect_redis(server.target()), source, systems);
  REQUIRE(stores.size() == 1);
  stores.front()->set_address("test");
  return std::move(stores.front());
}

Source named() {
  Source source;
  source.system = "go-redis-work-queue";
  return source;
}

std::vector<Job> all_jobs(JobStore& store, JobQuery query) {
  std::vector<Job> jobs;
  for (int pages = 0; pages < 10'000; ++pages) {
    Page page = store.list(query);
    CHECK(page.jobs.size() <= query.page_size);
    for (Job& job : page.jobs) jobs.push_back(std::move(job));
    if (!page.next) return jobs;
    query.after = page.next;
  }
  FAIL("the listing does not end");
  return jobs;
}

std::vector<std::string> ids_of(const std::vector<Job>& jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
  return ids;
}

bool has_note(const Job& job, std::string_view code) {
  return std::any_of(job.notes.begin(), job.notes.end(), [&](const Note& note) { return note.code == code; });
}

std::string element(int number, const std::string& trace = {}, int retries = 0) {
  const Timestamp created = Timestamp(std::chrono::seconds(1'767'000'000 + number));
  return R"({"id":"job-)" + std::to_string(number) + R"(","filepath":"/f","filesize":1,"priority":"low","retries":)" +
         std::to_string(retries) + R"(,"creation_time":")" + to_rfc3339(created) + R"(","trace_id":")" + trace +
         R"(","span_id":""})";
}

}  // namespace

TEST_CASE("the canonical set is found and listed newest first, whatever the page size") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
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
  const std::unique_ptr<JobStore> configured = open_store(server, source);
  query.filter.states = {{JobState::running, "running"}};
  query.page_size = 50;
  int known = 0;
  for (const Job& job : all_jobs(*configured, query)) {
    known += job.started_at.has_value();
    CHECK(job.max_attempts == 4);
  }
  CHECK(known == 2);
}

TEST_CASE("peek, statistics and check tell what the canonical set holds") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
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
  const std::unique_ptr<JobStore> store = open_store(server);
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

TEST_CASE("renamed keys are found through the source") {
  RedisServer server;
  server.load(fixtures / "renamed_keys/load.redis");
  std::ifstream file(fixtures / "renamed_keys/expected.json");
  Source source;
  const nlohmann::json expected = nlohmann::json::parse(file);
  for (const auto& [name, value] : expected["source"]["keys"].items()) source.keys[name] = value.get<std::string>();
  const std::unique_ptr<JobStore> store = open_store(server, source);
  CHECK(all_jobs(*store, {}).size() == 24);
  source.keys["worker.quues.high"] = "x";
  CHECK_THROWS_AS(open_store(server, source), Error);
}

TEST_CASE("the system's own YAML names keys and priorities as viper reads it") {
  RedisServer server;
  const std::filesystem::path file = server.folder() / "config.yaml";
  std::ofstream(file) << "worker:\n  queues:\n    High: app:h\n    bulk: app:b\n    stray: app:s\n"
                         "  priorities: [high, bulk]\n  max_retries: 5\n";
  server.run({{"LPUSH", "app:h", element(1)},
              {"LPUSH", "app:b", element(2)},
              {"LPUSH", "app:s", element(3)},
              {"LPUSH", "jobqueue:low_priority", element(4)}});
  Source source = named();
  source.system_config = file;
  const std::unique_ptr<JobStore> store = open_store(server, source);
  CHECK(ids_of(all_jobs(*store, {})) == std::vector<std::string>{"job-3", "job-2", "job-1"});
  PeekQuery peek;
  peek.why = true;
  const PeekResult result = store->peek(peek);
  REQUIRE(result.queues.size() == 3);
  CHECK(result.queues[0].queue.raw() == "app:h");
  CHECK(result.queues[2].waiting.at(0).reason == "no-consumer");
  CHECK(result.queues[2].next.empty());
}

TEST_CASE("hostile elements and keys hide nothing") {
  RedisServer server;
  server.load(fixtures / "hostile/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
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

TEST_CASE("paging survives pushes and pops between pages: nothing that stays is missed or repeated") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 5000; ++i) commands.push_back({"LPUSH", "jobqueue:low_priority", element(i)});
  for (int i = 5000; i < 8000; ++i) commands.push_back({"LPUSH", "jobqueue:completed", element(i)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_store(server);
  for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
    JobQuery query;
    query.page_size = 333;
    query.order = order;
    std::multiset<std::string> seen;
    int pushed = 100'000;
    for (;;) {
      const Page page = store->list(query);
      CHECK(page.warnings.empty());
      for (const Job& job : page.jobs) seen.insert(job.ref.id.raw());
      if (!page.next) break;
      query.after = page.next;
      commands.clear();
      for (int i = 0; i < 50; ++i) commands.push_back({"LPUSH", "jobqueue:low_priority", element(++pushed)});
      for (int i = 0; i < 50; ++i) commands.push_back({"LPUSH", "jobqueue:completed", element(++pushed)});
      server.run(commands);
    }
    int missing = 0, repeated = 0;
    for (int i = 0; i < 8000; ++i) {
      const std::size_t times = seen.count("job-" + std::to_string(i));
      missing += times == 0;
      repeated += times > 1;
    }
    CHECK(missing == 0);
    CHECK(repeated == 0);
    server.run({{"LTRIM", "jobqueue:low_priority", "-5000", "-1"}, {"LTRIM", "jobqueue:completed", "-3000", "-1"}});
  }
}

TEST_CASE("equal elements are all shown, and the scan bound is told") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands(3000, {"LPUSH", "jobqueue:dead_letter", element(1)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_store(server);
  JobQuery query;
  query.page_size = 70;
  CHECK(all_jobs(*store, query).size() == 3000);
  query.filter.ids = {"nothing-of-the-sort"};
  query.limits.scan = 1500;
  const Page page = store->list(query);
  CHECK(page.jobs.empty());
  CHECK_FALSE(page.next);
  REQUIRE(page.truncated);
  CHECK(*page.truncated == "stopped after " + std::to_string(page.scanned) + " entries, --full reads all");
}

TEST_CASE("detection") {
  RedisServer server;
  const RedisSystem* const systems[] = {&go_redis_work_queue};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  CHECK(open_redis_stores(connection, named(), systems).size() == 1);
  server.run({{"LPUSH", "some:list", "x"}, {"SET", "jobqueue:low_priority", "x"}});
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  server.run({{"LPUSH", "renamed", element(1)}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
}

TEST_CASE("denied commands: idle workers become unknown, a denied store is an error with its kind") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  server.run({{"DEL", "jobqueue:processing:worker:host-a-101-1767322800000000000-a1b2-0",
               "jobqueue:processing:worker:host-b-7-1767322800000000000-e5f6-2"},
              {"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-client|list"},
              {"ACL", "SETUSER", "nobody", "on", ">pw", "~nothing", "+@all"}});
  RedisTarget target = server.target();
  target.user = "reader";
  target.password = Secret("pw");
  const RedisSystem* const systems[] = {&go_redis_work_queue};
  const std::unique_ptr<JobStore> store = std::move(open_redis_stores(connect_redis(target), {}, systems).front());
  PeekQuery peek;
  peek.why = true;
  const PeekResult result = store->peek(peek);
  const std::vector<std::string>& notes = result.queues.at(0).notes;
  CHECK(std::find(notes.begin(), notes.end(), "idle workers unknown: CLIENT LIST is not permitted") != notes.end());
  for (const Waiting& waiting : result.queues.at(0).waiting) CHECK(waiting.reason != "no-live-workers");
  const StoreCheck check = store->check({});
  CHECK(std::any_of(check.findings.begin(), check.findings.end(),
                    [](const Finding& finding) { return finding.subject == "CLIENT LIST"; }));

  target.user = "nobody";
  const std::unique_ptr<JobStore> denied =
      std::move(open_redis_stores(connect_redis(target), named(), systems).front());
  for (int call = 0; call < 4; ++call) {
    CAPTURE(call);
    try {
      if (call == 0) denied->list({});
      if (call == 1) denied->peek({});
      if (call == 2) denied->statistics({});
      if (call == 3) denied->check({});
      FAIL("a denied read went through");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::authentication);
    }
  }
}

TEST_CASE("a server that dies in the middle of a listing is an error, not an end") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 3000; ++i) commands.push_back({"LPUSH", "jobqueue:completed", element(i)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_store(server);
  JobQuery query;
  query.page_size = 100;
  query.after = store->list(query).next;
  REQUIRE(query.after);
  server.kill();
  try {
    store->list(query);
    FAIL("the listing went on without a server");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::unreachable);
  }
}

TEST_CASE("worker ids are read from their right end") {
  const go_redis::WorkerId worker = go_redis::parse_worker_id("web-eu-1-4711-1767322800000000000-a1b2-12");
  CHECK(worker.host == "web-eu-1");
  CHECK(worker.process == 4711);
  CHECK(worker.started == parse_timestamp("2026-01-02T03:00:00Z"));
  CHECK(go_redis::parse_worker_id("host-12-3").host == "host");
  CHECK(go_redis::parse_worker_id("anything").host.empty());
  CHECK_FALSE(go_redis::parse_worker_id("").process);
}

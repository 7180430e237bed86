// emp-job-queue on a real server: peek by worker, warnings, bounds, detection of two systems, denied commands, loss of
// the server.
#include "backends/systems/emp_job_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "backends/kv/open.hpp"
#include "backends/systems/go_redis_work_queue.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using test::RedisServer;

namespace {

const std::filesystem::path fixtures = "../../fixtures/emp-job-queue";

std::unique_ptr<JobStore> open_store(const RedisServer& server, const RedisTarget& target) {
  (void)server;
  Source source;
  source.name = "test";
  const RedisSystem* const systems[] = {&emp_job_queue};
  std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connect_redis(target), source, systems);
  REQUIRE(stores.size() == 1);
  return std::move(stores.front());
}
std::unique_ptr<JobStore> open_store(const RedisServer& server) { return open_store(server, server.target()); }

std::vector<Job> all_jobs(JobStore& store, JobQuery query) {
  std::vector<Job> jobs;
  for (int pages = 0; pages < 10'000; ++pages) {
    Page page = store.list(query);
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

std::set<std::string> notes_of(const Job& job) {
  std::set<std::string> codes;
  for (const Note& note : job.notes) codes.insert(note.code);
  return codes;
}

Job job_of(JobStore& store, const std::string& id) {
  JobQuery query;
  query.payload = true;
  query.filter.ids = {id};
  const std::vector<Job> jobs = all_jobs(store, query);
  REQUIRE(jobs.size() == 1);
  return jobs.front();
}

std::map<std::string, std::uint64_t> reasons_of(const PeekQueue& queue) {
  std::map<std::string, std::uint64_t> reasons;
  for (const Waiting& waiting : queue.waiting) reasons[waiting.reason] = waiting.count.value_or(0);
  return reasons;
}

std::vector<std::vector<std::string>> many_jobs(int first, int count) {
  std::vector<std::vector<std::string>> commands;
  for (int i = first; i < first + count; ++i) {
    const std::string id = "job-" + std::to_string(i);
    commands.push_back({"HSET", "job:" + id, "id", id, "service_required", "s" + std::to_string(i % 3), "max_retries",
                        "3", "status", "pending", "created_at",
                        to_rfc3339(Timestamp(std::chrono::seconds(1'760'000'000 + (i * 7919) % 100'000)))});
    commands.push_back({"ZADD", "jobs:pending", std::to_string(i), id});
  }
  return commands;
}

const Finding* finding(const StoreCheck& check, std::string_view subject) {
  for (const Finding& one : check.findings)
    if (one.subject == subject) return &one;
  return nullptr;
}

}  // namespace

TEST_CASE("a job that two places disagree about says so") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
  using Codes = std::set<std::string>;
  const std::string constant = "placeholder-trace";
  CHECK(notes_of(job_of(*store, "5555-lost")) == Codes{"lost", constant});
  CHECK(notes_of(job_of(*store, "6666-abandoned")) == Codes{"abandoned", constant});
  CHECK(notes_of(job_of(*store, "8888-cancelled-late")) ==
        Codes{"completed-after-cancel", "in-both-results", constant});
  CHECK(notes_of(job_of(*store, "step-wf7-2")) == Codes{constant});
  server.run({{"HDEL", "jobs:active:w-gpu", "step-wf7-2"}, {"HSET", "jobs:active:w-gpu", "step-wf7-1", "{}"}});
  CHECK(notes_of(job_of(*store, "step-wf7-2")) == Codes{"not-active", constant});
  CHECK(notes_of(job_of(*store, "step-wf7-1")) == Codes{"still-active", constant});
  CHECK(job_of(*store, "step-wf7-1").result->text.raw() == R"({"image":"https://cdn/1.png"})");
  CHECK(job_of(*store, "7777-delegated").result->text.raw() == R"({"data":{"x":1},"metadata":{},"success":true})");
  const Job failed = job_of(*store, "ffff-failed");
  const auto reason = std::find_if(failed.extra.begin(), failed.extra.end(),
                                   [](const Field& field) { return field.name == "failure_reason"; });
  REQUIRE(reason != failed.extra.end());
  CHECK(std::get<Untrusted>(reason->value).raw() == "missing_model");
  server.run({{"DEL", "jobs:completed"}});
  CHECK(notes_of(job_of(*store, "step-wf7-1")).count("result-expired") == 1);
  server.run({{"SET", "worker:completion:job-id:workflow-7:step-id:wf7-1:attempt:3", R"({"result":"{\"a\":1}"})"}});
  CHECK(job_of(*store, "step-wf7-1").result->text.raw() == R"({"a":1})");
}

TEST_CASE("trace ids: the constant is found and named, a workflow's id finds its jobs, an id is read directly") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
  JobQuery query;
  query.filter.traces = {make_trace_query("temp-trace-id")};
  const Page page = store->list(query);
  CHECK(page.jobs.size() == 18);
  REQUIRE(page.warnings.size() == 1);
  CHECK(page.warnings[0] ==
        "'temp-trace-id' is a constant that emp-job-queue writes in place of a trace id: every job of such a version "
        "carries it");
  const std::string other = "cafecafecafecafecafecafecafecafe";
  server.run(
      {{"HSET", "job:step-wf7-1", "job_trace_id", "0af7651916cd43dd8448eb211c80319c", "workflow_trace_id", other}});
  query.filter.traces = {make_trace_query(other)};
  CHECK(ids_of(all_jobs(*store, query)) == std::vector<std::string>{"step-wf7-1"});
  CHECK(store->capabilities().id == Lookup::indexed);
  query.filter = {};
  query.filter.ids = {"aaaa1111-0000-4000-8000-000000000002", "5555-lost"};
  const Page direct = store->list(query);
  CHECK(ids_of(direct.jobs) == std::vector<std::string>{"aaaa1111-0000-4000-8000-000000000002", "5555-lost"});
  CHECK(direct.scanned == 2);
  query.filter.ids = {"aaaa1111"};
  CHECK(all_jobs(*store, query).size() == 3);
  query.filter.ids = {"*"};
  CHECK(all_jobs(*store, query).empty());
}

TEST_CASE("peek by worker replays the matching rules") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
  PeekQuery query;
  query.why = true;
  query.worker = "w-gpu";
  PeekResult result = store->peek(query);
  REQUIRE(result.queues.size() == 1);
  CHECK(ids_of(result.queues[0].next) ==
        std::vector<std::string>{"aaaa1111-0000-4000-8000-000000000003", "aaaa1111-0000-4000-8000-000000000002",
                                 "aaaa1111-0000-4000-8000-000000000001", "cccc-retried"});
  CHECK(reasons_of(result.queues[0]) ==
        std::map<std::string, std::uint64_t>{
            {"ghost", 1}, {"hardware", 1}, {"unmatchable-requirement", 1}, {"service-mismatch", 2}});
  CHECK(result.queues[0].exact);
  query.worker = "w-text";
  server.run(
      {{"HSET", "job:after", "id", "after", "service_required", "openai_text", "max_retries", "3", "status", "pending"},
       {"ZADD", "jobs:pending", "1", "after"}});
  result = store->peek(query);
  CHECK(ids_of(result.queues.at(0).next) == std::vector<std::string>{"bbbb-text-1"});
  CHECK(reasons_of(result.queues[0])["requirement-error"] == 1);
  CHECK(reasons_of(result.queues[0])["behind-error"] == 1);
  query.queues = {"openai_*"};
  result = store->peek(query);
  REQUIRE(result.queues.size() == 1);
  CHECK(result.queues[0].queue.raw() == "openai_text");
  CHECK(reasons_of(result.queues[0]) ==
        std::map<std::string, std::uint64_t>{{"requirement-error", 1}, {"behind-error", 1}});
  query.worker = "nobody";
  CHECK_THROWS_AS(store->peek(query), Error);
}

TEST_CASE("a hundred entries that nobody takes hide the rest") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 100; ++i) commands.push_back({"ZADD", "jobs:pending", "9", "ghost-" + std::to_string(i)});
  server.run(commands);
  server.run(many_jobs(0, 3));
  server.run({{"HSET", "worker:w", "worker_id", "w", "capabilities", R"({"job_service_required_map":["s0"]})"},
              {"SADD", "workers:active", "w"},
              {"SET", "worker:w:heartbeat", "x"},
              {"SET", "function:checksum:jobMatching", "x"}});
  const std::unique_ptr<JobStore> store = open_store(server);
  PeekQuery query;
  query.why = true;
  query.worker = "w";
  CHECK(reasons_of(store->peek(query).queues.at(0)) ==
        std::map<std::string, std::uint64_t>{{"ghost", 100}, {"window-starvation", 3}});
  server.run({{"ZREM", "jobs:pending", "ghost-7"}});
  const PeekResult result = store->peek(query);
  CHECK(ids_of(result.queues.at(0).next).empty());  // job-2 and job-1 are of other services and fill the hundred
}

TEST_CASE("matching follows the claim function") {
  const nlohmann::json worker = nlohmann::json::parse(R"({"job_service_required_map":["s"],
      "hardware":{"gpu_memory_gb":24},"models":{"s":["flux"]},"tags":["a","b"],"region":{"zone":"eu"},"slots":4,
      "customer_access":{"isolation":"loose","denied_customers":["bad"]}})");
  const auto reason = [&](const std::string& requirements, const std::string& customer = "good") -> std::string {
    Reply reply;  // built by hand: HMGET of three fields
    reply.nodes = {{Reply::Type::array, 1, 3}};
    for (const std::string& value : {std::string("s"), requirements, customer}) {
      reply.nodes.push_back({Reply::Type::string, static_cast<std::int64_t>(reply.bytes.size()), value.size()});
      reply.bytes += value;
    }
    static constexpr std::array<std::string_view, 3> names{"service_required", "requirements", "customer_id"};
    const std::optional<emp::Refusal> refusal = emp::refusal_of(worker, JobHash(reply, names));
    return refusal ? refusal->reason : "";
  };
  CHECK(reason("") == "");
  CHECK(reason("{}") == "");
  CHECK(reason("not json") == "");
  CHECK(reason("[]") == "");
  for (const char* scalar : {"true", "5", "\"gpu\"", "null", "false"}) CHECK(reason(scalar) == "requirement-error");
  CHECK(reason(R"({"hardware":{"gpu_memory_gb":24}})") == "");
  CHECK(reason(R"({"hardware":{"gpu_memory_gb":25}})") == "hardware");
  CHECK(reason(R"({"hardware":{"gpu_memory_gb":"all","ram_gb":1}})") == "hardware");
  CHECK(reason(R"({"hardware":{"gpu_memory_gb":"24"}})") == "requirement-error");
  CHECK(reason(R"({"hardware":null})") == "requirement-error");
  CHECK(reason(R"({"models":["flux"]})") == "");
  CHECK(reason(R"({"models":["sdxl"]})") == "models");
  CHECK(reason(R"({"models":"all","service_type":"x"})") == "");
  CHECK(reason(R"({"customer_isolation":"strict"})") == "customer-isolation");
  CHECK(reason(R"({"customer_isolation":"loose"})", "bad") == "customer-isolation");
  CHECK(reason(R"({"customer_isolation":"loose"})") == "");
  CHECK(reason(R"({"tags":["a"],"slots":3,"region.zone":"eu"})") == "");
  CHECK(reason(R"({"tags":"b","region":{"zone":"eu"}})") == "");
  CHECK(reason(R"({"tags":["c"]})") == "capability");
  CHECK(reason(R"({"slots":5})") == "capability");
  CHECK(reason(R"({"component":"x"})") == "unmatchable-requirement");
  CHECK(reason(R"({"negative_requirements":{"slots":9}})") == "unmatchable-requirement");
  CHECK(reason(R"({"positive_requirements":{},"negative_requirements":{"slots":9}})") == "");
  CHECK(reason(R"({"positive_requirements":{},"negative_requirements":{"slots":2}})") == "negative-requirement");
  CHECK(reason(R"({"positive_requirements":{},"negative_requirements":{"hardware":{"gpu_memory_gb":16}}})") ==
        "negative-requirement");
}

TEST_CASE("thousands of hashes: newest first in flat pages, bounds are told") {
  RedisServer server;
  server.run(many_jobs(0, 5000));
  const std::unique_ptr<JobStore> store = open_store(server);
  JobQuery query;
  query.page_size = 1500;
  const std::vector<Job> jobs = all_jobs(*store, query);
  CHECK(jobs.size() == 5000);
  CHECK(std::is_sorted(jobs.begin(), jobs.end(),
                       [](const Job& a, const Job& b) { return *a.created_at > *b.created_at; }));
  query.order = JobOrder::storage;
  std::set<std::string> distinct;
  for (const Job& job : all_jobs(*store, query)) distinct.insert(job.ref.id.raw());
  CHECK(distinct.size() == 5000);
  query.order = JobOrder::newest;
  query.limits.scan = 1000;
  query.page_size = 10;
  const Page page = store->list(query);
  CHECK(page.jobs.size() == 10);
  REQUIRE(page.truncated);
  CHECK(*page.truncated == "stopped after " + std::to_string(page.scanned) + " entries, --full reads all");
  StatisticsQuery bounded;
  bounded.limits.scan = 1000;
  const Statistics part = store->statistics(bounded);
  REQUIRE(part.truncated);
  for (const QueueStatistics& queue : part.queues)
    for (const StateStatistics& state : queue.states) CHECK(state.count.exactness == Exactness::at_least);
  CHECK(store->queues({}).size() == 3);
}

TEST_CASE("rates and percentiles come from the stored times") {
  RedisServer server;
  server.run({{"SET", "function:checksum:jobMatching", "x"}});
  const Timestamp now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  std::vector<std::vector<std::string>> commands;
  for (int i = 1; i <= 60; ++i) {
    const Timestamp end = now - std::chrono::minutes(10);
    commands.push_back({"HSET",
                        "job:j" + std::to_string(i),
                        "id",
                        "j" + std::to_string(i),
                        "service_required",
                        "s",
                        "status",
                        i <= 50 ? "completed" : "failed",
                        "retry_count",
                        i <= 50 ? "0" : "3",
                        "max_retries",
                        "3",
                        "created_at",
                        to_rfc3339(end - std::chrono::seconds(100 + i)),
                        "assigned_at",
                        to_rfc3339(end - std::chrono::seconds(100)),
                        "started_at",
                        to_rfc3339(end - std::chrono::seconds(i)),
                        i <= 50 ? "completed_at" : "failed_at",
                        to_rfc3339(end)});
  }
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_store(server);
  const Statistics statistics = store->statistics({});
  REQUIRE(statistics.queues.size() == 1);
  const QueueStatistics& row = statistics.queues[0];
  CHECK(*row.completed_per_minute == doctest::Approx(50.0 / 60));
  CHECK(*row.failed_per_minute == doctest::Approx(10.0 / 60));
  CHECK(row.run->maximum == std::chrono::seconds(60));
  CHECK(row.run->samples == 60);
  CHECK(row.wait->maximum == std::chrono::seconds(50));
  CHECK(row.coverage->absent == 60);
  CHECK_FALSE(row.coverage->sampled);
}

TEST_CASE("check names what is wrong and what shows the system") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
  const StoreCheck check = store->check({});
  for (const char* subject : {"ghosts", "abandoned", "lost", "poison requirements", "unclaimable", "score formulas",
                              "claim function", "trace ids", "notify-keyspace-events", "evidence"}) {
    CAPTURE(subject);
    CHECK(finding(check, subject) != nullptr);
  }
  CHECK(finding(check, "ghosts")->text.starts_with("1 id waits"));
  CHECK(finding(check, "lost")->text.starts_with("1 job is"));
  CHECK(finding(check, "abandoned")->text.starts_with("1 job is in the hands of 1 worker"));
  CHECK(finding(check, "unclaimable")->text.starts_with("2 waiting jobs are"));
  CHECK(finding(check, "evidence")->text == "key function:checksum:jobMatching");
}

TEST_CASE("two systems in one Redis are both found and addressed") {
  RedisServer server;
  server.load(fixtures / "traced/load.redis");
  server.load("../../fixtures/go-redis-work-queue/standard/load.redis");
  Source source;
  source.name = "shared";
  const RedisSystem* const systems[] = {&emp_job_queue, &go_redis_work_queue};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  const std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connection, source, systems);
  REQUIRE(stores.size() == 2);
  CHECK(stores[0]->address() == "shared/emp-job-queue");
  CHECK(stores[1]->address() == "shared/go-redis-work-queue");
  CHECK(all_jobs(*stores[0], {}).size() == 11);
  CHECK(all_jobs(*stores[1], {}).size() == 24);
  CHECK(all_jobs(*stores[0], {}).at(0).ref.source == "shared/emp-job-queue");
  source.system = "emp-job-queue";
  CHECK(open_redis_stores(connection, source, systems).at(0)->address() == "shared");
  source.keys = {{"worker.queues.high", "x"}};
  CHECK_THROWS_AS(open_redis_stores(connection, source, systems), Error);
}

TEST_CASE("detection needs what no other system has") {
  RedisServer server;
  const RedisSystem* const systems[] = {&emp_job_queue};
  const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
  server.run({{"HSET", "job:1", "id", "1", "status", "pending"}, {"ZADD", "jobs:pending", "1", "1"}});
  CHECK_THROWS_AS(open_redis_stores(connection, {}, systems), Error);
  server.run({{"HSET", "job:1", "service_required", "s", "max_retries", "3"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
  server.run({{"DEL", "jobs:pending"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
  server.run({{"DEL", "job:1"},
              {"FUNCTION", "LOAD",
               "#!lua name=jobMatching\nredis.register_function('findMatchingJob', function() return nil end)"}});
  CHECK(open_redis_stores(connection, {}, systems).size() == 1);
}

TEST_CASE("denied commands: all denied is an error with a name, some denied only say less") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  server.run({{"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+@connection", "+@transaction", "+time",
               "+info", "-keys"},
              {"ACL", "SETUSER", "nobody", "on", ">pw", "resetkeys", "~nothing", "+@all"}});
  RedisTarget target = server.target();
  target.user = "reader";
  target.password = Secret("pw");
  const std::unique_ptr<JobStore> store = open_store(server, target);
  CHECK(all_jobs(*store, {}).size() == 18);
  const StoreCheck check = store->check({});
  CHECK(finding(check, "claim function")->text.starts_with("FUNCTION LIST is not permitted"));
  CHECK(finding(check, "notify-keyspace-events") == nullptr);

  target.user = "nobody";
  Source source;
  source.system = "emp-job-queue";
  const RedisSystem* const systems[] = {&emp_job_queue};
  const std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connect_redis(target), source, systems);
  for (int call = 0; call < 4; ++call) {
    CAPTURE(call);
    try {
      switch (call) {
        case 0: stores.at(0)->list({}); break;
        case 1: stores.at(0)->peek({}); break;
        case 2: stores.at(0)->statistics({}); break;
        default: stores.at(0)->check({}); break;
      }
      FAIL("a denied read went through");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::authentication);
    }
  }
}

TEST_CASE("a server that dies in the middle of a listing is an error, not an end") {
  RedisServer server;
  server.run(many_jobs(0, 3000));
  const std::unique_ptr<JobStore> store = open_store(server);
  for (const JobOrder order : {JobOrder::storage, JobOrder::newest}) {
    JobQuery query;
    query.order = order;
    query.page_size = 100;
    const Page page = store->list(query);
    REQUIRE(page.next);
    query.after = page.next;
    server.kill();
    try {
      store->list(query);
      FAIL("the listing went on without a server");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::unreachable);
    }
    break;
  }
}

TEST_CASE("what a job carries twice is one fact: the payload's carrier beats the constant") {
  RedisServer server;
  server.load(fixtures / "traced/load.redis");
  const std::unique_ptr<JobStore> store = open_store(server);
  const Job job = job_of(*store, "payload-carrier");
  CHECK(job.trace.status == TraceStatus::w3c);
  CHECK(job.trace.further_trace_ids.empty());  // a constant leads nowhere
  JobQuery query;
  query.filter.correlation_ids = {"wf-era1"};
  CHECK(all_jobs(*store, query).size() == 2);
}

TEST_CASE("times of the system in every format") {
  CHECK(emp::parse_time("1795194936.257622") == parse_timestamp("2026-11-20T17:15:36.257622Z"));
  CHECK(emp::parse_time("1795194936") == parse_timestamp("2026-11-20T17:15:36Z"));
  CHECK(emp::parse_time("2025-10-01T10:00:00.000Z") == parse_timestamp("2025-10-01T10:00:00Z"));
  CHECK_FALSE(emp::parse_time("179519493x.2"));
  CHECK_FALSE(emp::parse_time(""));
}

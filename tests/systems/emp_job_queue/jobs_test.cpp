// emp-job-queue on a real server: what is read of jobs and their other keys, in order, numbers and times.
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/system.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/count_words.hpp"
#include "model/error.hpp"
#include "tests/systems/emp_job_queue/records.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

Job job_of(JobStore& store, const std::string& id) {
  JobQuery query;
  query.payload = true;
  query.filter.ids = {id};
  const std::vector<Job> jobs = all_jobs(store, query);
  REQUIRE(jobs.size() == 1);
  return jobs.front();
}

}  // namespace

TEST_CASE("a job that two places disagree about says so") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
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
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
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

TEST_CASE("thousands of hashes: newest first in flat pages, bounds are told") {
  RedisServer server;
  server.run(many_jobs(0, 5000));
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
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
  CHECK(*page.truncated == "stopped after " + count_words(page.scanned, "entry", "entries") + ", --full reads all");
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
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
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

TEST_CASE("what a job carries twice is one fact: the payload's carrier beats the constant") {
  RedisServer server;
  server.load(fixtures / "traced/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  const Job job = job_of(*store, "payload-carrier");
  CHECK(job.trace.status == TraceStatus::w3c);
  CHECK(job.trace.further_trace_ids.empty());  // a constant leads nowhere
  JobQuery query;
  query.filter.correlation_ids = {"wf-era1"};
  CHECK(all_jobs(*store, query).size() == 2);
}

TEST_CASE("constants in place of spans are no spans, so they tie no jobs") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  for (const Job& job : all_jobs(*store, {})) {
    CHECK_FALSE(job.trace.span_id);
    CHECK_FALSE(job.trace.parent_span_id);
  }
  JobQuery query;
  query.filter.span_ids = {"temp-span-id"};
  CHECK(all_jobs(*store, query).empty());
  server.run({{"HSET", "job:5555-lost", "job_trace_id", "0af7651916cd43dd8448eb211c80319c", "job_span_id",
               "collector_unavailable", "workflow_trace_id", "0af7651916cd43dd8448eb211c80319c", "workflow_span_id",
               "0000000000000000"}});
  const Job job = job_of(*store, "5555-lost");
  CHECK(job.trace.status == TraceStatus::w3c);
  CHECK_FALSE(job.trace.span_id);
  CHECK_FALSE(job.trace.parent_span_id);
}

TEST_CASE("the system's own words for states find the jobs that show them, in lists and in every other question") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands{{"SET", "function:checksum:jobMatching", "x"}};
  const std::vector<std::string> words{"pending",     "queued", "unworkable", "assigned", "accepted",
                                       "in_progress", "failed", "completed",  "timeout",  "cancelled"};
  for (const std::string& word : words)
    commands.push_back({"HSET", "job:" + word + "-1", "id", word + "-1", "service_required", "s", "max_retries", "3",
                        "status", word, "created_at", "2025-10-01T10:00:00.000Z"});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  for (const std::string& word : words) {
    if (parse_job_state(word)) continue;  // one of ours, with our meaning
    CAPTURE(word);
    for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
      JobQuery query;
      query.order = order;
      query.filter.states = {{std::nullopt, word}};
      CHECK(ids_of(all_jobs(*store, query)) == std::vector<std::string>{word + "-1"});
    }
  }
}

TEST_CASE("a record that names another id than its key is found by both, whole and once") {
  RedisServer server;
  server.run(many_jobs(0, 30));
  server.run({{"HSET", "job:key-of-it", "id", "own-name-of-it", "service_required", "s", "max_retries", "3", "status",
               "failed", "created_at", "2025-10-01T10:00:00.000Z"},
              {"HSET", "jobs:failed", "key-of-it", R"({"error":"broke"})"}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  for (const char* id : {"key-of-it", "own-name-of-it"}) {
    CAPTURE(id);
    for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
      JobQuery query;
      query.order = order;
      query.filter.ids = {id};
      const std::vector<Job> jobs = all_jobs(*store, query);
      REQUIRE(ids_of(jobs) == std::vector<std::string>{"key-of-it"});
      CHECK(notes_of(jobs[0]).count("id-differs") == 1);
      REQUIRE(jobs[0].error);
      CHECK(jobs[0].error->raw() == "broke");
    }
  }
  JobQuery query;
  query.filter.ids = {"own-name-of-it"};
  query.filter.states = {{JobState::completed, "completed"}};
  CHECK(all_jobs(*store, query).empty());
}

TEST_CASE("results are found under the attempt that the product counts, failures inside their wrapping") {
  RedisServer server;
  const auto record = [](const std::string& id, const std::string& status, std::vector<std::string> more) {
    std::vector<std::string> command{
        "HSET", "job:" + id,   "id", id,           "service_required",        "s", "max_retries", "3", "status",
        status, "retry_count", "0",  "created_at", "2025-10-01T10:00:00.000Z"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  server.run(
      {record("by-context", "completed", {"ctx", R"({"workflow_context":{"retry_attempt":9}})"}),
       {"SET", "worker:completion:step-id:by-context:attempt:10", R"({"result":"{\"a\":1}"})"},
       record("by-payload", "completed", {"payload", R"({"ctx":{"retryCount":41}})"}),
       {"SET", "worker:completion:step-id:by-payload:attempt:42", R"({"result":"{\"a\":2}"})"},
       record("wrapped", "failed", {}),
       {"HSET", "jobs:failed", "wrapped",
        R"({"error":"{\"error_message\":\"out of memory\",\"stack_trace\":\"...\"}"})"},
       record("delegated", "completed", {"worker_id", "delegated_client_7"}),
       {"HSET", "jobs:completed", "delegated",
        R"({"success":false,"data":null,"error":"no such model","metadata":{}})"},
       record("stopped", "failed",
              {"error", "Job cancelled by user", "assigned_at", "1759312800.5", "started_at",
               "2025-10-01T10:00:01.000Z", "failed_at", "2025-10-01T10:00:09.000Z"}),
       record("never-begun", "failed", {"error", "Job cancelled by user", "failed_at", "2025-10-01T10:00:09.000Z"}),
       record("ran", "failed", {"started_at", "2025-10-01T10:00:01.000Z", "failed_at", "2025-10-01T10:00:09.000Z"})});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  REQUIRE(job_of(*store, "by-context").result);
  CHECK(job_of(*store, "by-context").result->text.raw() == R"({"a":1})");
  REQUIRE(job_of(*store, "by-payload").result);
  CHECK(job_of(*store, "by-payload").result->text.raw() == R"({"a":2})");
  CHECK(job_of(*store, "wrapped").error->raw() == "out of memory");
  JobQuery query;
  query.filter.ids = {"delegated"};
  const Job delegated = all_jobs(*store, query).at(0);
  CHECK(notes_of(delegated).count("result-says-failure") == 1);
  REQUIRE(delegated.error);
  CHECK(delegated.error->raw() == "no such model");
  CHECK(job_of(*store, "stopped").attempts == 1);
  CHECK(job_of(*store, "never-begun").attempts == 0);
  CHECK(job_of(*store, "ran").attempts == 1);
}

TEST_CASE("times of the system in every format") {
  CHECK(emp_job_queue::parse_time("1795194936.257622") == parse_timestamp("2026-11-20T17:15:36.257622Z"));
  CHECK(emp_job_queue::parse_time("1795194936") == parse_timestamp("2026-11-20T17:15:36Z"));
  CHECK(emp_job_queue::parse_time("2025-10-01T10:00:00.000Z") == parse_timestamp("2025-10-01T10:00:00Z"));
  CHECK_FALSE(emp_job_queue::parse_time("179519493x.2"));
  CHECK_FALSE(emp_job_queue::parse_time(""));
}

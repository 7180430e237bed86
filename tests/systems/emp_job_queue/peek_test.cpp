// emp-job-queue on a real server: what a worker takes next and why not the rest.
#include "backends/systems/emp_job_queue/peek.hpp"
#include "backends/systems/emp_job_queue/matching.hpp"
#include "backends/systems/emp_job_queue/system.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/error.hpp"
#include "tests/systems/emp_job_queue/records.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path fixtures = "fixtures";

std::map<std::string, std::uint64_t> reasons_of(const PeekQueue& queue) {
  std::map<std::string, std::uint64_t> reasons;
  for (const Waiting& waiting : queue.waiting) reasons[waiting.reason] = waiting.count.value_or(0);
  return reasons;
}

}  // namespace

TEST_CASE("peek by worker replays the matching rules") {
  RedisServer server;
  server.load(fixtures / "standard/load.redis");
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
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
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  PeekQuery query;
  query.why = true;
  query.worker = "w";
  CHECK(reasons_of(store->peek(query).queues.at(0)) ==
        std::map<std::string, std::uint64_t>{{"ghost", 100}, {"window-starvation", 3}});
  server.run({{"ZREM", "jobs:pending", "ghost-7"}});
  const PeekResult result = store->peek(query);
  CHECK(ids_of(result.queues.at(0).next).empty());  // job-2 and job-1 are of other services and fill the hundred
}

TEST_CASE("workers are found by their heartbeats, and what is not stored of them is not guessed") {
  RedisServer server;
  server.run(many_jobs(0, 3));
  // As shipped (UNIFIED_MACHINE_STATUS): no workers:active, and capabilities without the services a worker takes.
  server.run({{"HSET", "worker:w-unified", "worker_id", "w-unified", "capabilities",
               R"({"gpu_id":0,"services":["s0"]})", "is_connected", "true"},
              {"SET", "worker:w-unified:heartbeat", "x", "EX", "60"},
              {"SET", "worker:w-bare:heartbeat", "x", "EX", "60"},
              {"SET", "worker:completion:step-id:x:attempt:1", "{}"},
              {"SET", "function:checksum:jobMatching", "x"}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), emp_job_queue::system);
  PeekQuery query;
  query.why = true;
  PeekResult result = store->peek(query);
  REQUIRE(result.queues.size() == 1);
  CHECK(reasons_of(result.queues[0]).empty());
  CHECK(result.queues[0].next.size() == 3);
  for (const char* name : {"w-unified", "w-bare"}) {
    CAPTURE(name);
    query.worker = name;
    result = store->peek(query);
    CHECK(ids_of(result.queues.at(0).next) == std::vector<std::string>{"job-2", "job-1", "job-0"});
    CHECK_FALSE(result.queues.at(0).exact);
    CHECK(reasons_of(result.queues.at(0)).empty());
    bool said = false;
    for (const std::string& note : result.queues.at(0).notes)
      said = said || note.find("capabilities of this worker are not stored") != std::string::npos;
    CHECK(said);
  }
  query.worker = "nobody";
  CHECK_THROWS_AS(store->peek(query), Error);
  // Beside it, a worker that is registered in the other way; what it refuses the first may take.
  server.run({{"HSET", "worker:w", "worker_id", "w", "capabilities", R"({"job_service_required_map":["s0"]})"},
              {"SADD", "workers:active", "w"},
              {"SET", "worker:w:heartbeat", "x"}});
  query.worker.reset();
  CHECK(reasons_of(store->peek(query).queues.at(0)).empty());
  // What stops every worker does so whatever it has.
  server.run({{"HSET", "job:job-1", "requirements", R"({"models":[true]})"}});
  CHECK(reasons_of(store->peek(query).queues.at(0)) == std::map<std::string, std::uint64_t>{{"requirement-error", 1}});
  const std::vector<Finding> findings = store->diagnose({});
  CHECK(std::ranges::find(findings, "poison-requirements", &Finding::code) != findings.end());
  for (const char* wrong : {"no-live-workers", "unclaimable-job", "blocked-window"})
    CHECK(std::ranges::find(findings, wrong, &Finding::code) == findings.end());
  server.run({{"DEL", "worker:w:heartbeat", "worker:w-unified:heartbeat", "worker:w-bare:heartbeat"}});
  CHECK(reasons_of(store->peek(query).queues.at(0)) == std::map<std::string, std::uint64_t>{{"no-live-workers", 3}});
}

TEST_CASE("matching follows the claim function") {
  const nlohmann::json worker = nlohmann::json::parse(R"({"job_service_required_map":["s"],
      "hardware":{"gpu_memory_gb":24},"models":{"s":["flux"]},"pairs":[["x"],{"y":1}],"tags":["a","b"],"region":{"zone":"eu"},"slots":4,
      "customer_access":{"isolation":"loose","denied_customers":["bad"]}})");
  const auto reason = [&](const std::string& requirements, const std::string& customer = "good") -> std::string {
    Reply reply;  // built by hand: HMGET of three fields
    reply.nodes = {{Reply::Type::array, 1, 3}};
    for (const std::string& value : {std::string("s"), requirements, customer}) {
      reply.nodes.push_back({Reply::Type::string, static_cast<std::int64_t>(reply.bytes.size()), value.size()});
      reply.bytes += value;
    }
    static constexpr std::array<std::string_view, 3> names{"service_required", "requirements", "customer_id"};
    const std::optional<emp_job_queue::Refusal> refusal = emp_job_queue::refusal_of(worker, JobHash(reply, names));
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
  // The name of what is missing is written into a log, and only texts and numbers can be.
  for (const char* poison : {"[true]", "[null]", "[[\"flux\"]]", "[{}]", R"(["flux",{"name":"sdxl"}])"})
    CHECK(reason(R"({"models":)" + std::string(poison) + "}") == "requirement-error");
  CHECK(reason(R"({"models":[5]})") == "models");
  CHECK(reason(R"({"models":["sdxl",true]})") == "models");
  CHECK(reason(R"({"models":{"name":true}})") == "");
  // Tables are equal to themselves alone.
  CHECK(reason(R"({"pairs":[["x"]]})") == "capability");
  CHECK(reason(R"({"pairs":[{"y":1}]})") == "capability");
  CHECK(reason(R"({"pairs":{"y":1}})") == "capability");
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

// Questions to a capture: filters, order, statistics.
#include <doctest/doctest.h>

#include "tests/unit/backends/capture_files.hpp"

using namespace queuetrace;
using namespace std::string_literals;
using namespace queuetrace::testing;

TEST_CASE("a look at what is next gives the captured order first and says that it is frozen") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  const auto add = [&](const char* id, JobState state, std::optional<std::int64_t> position) {
    Job job = bare_job(id);
    job.queue = Untrusted("email");
    job.state = state;
    writer.add(job, position);
  };
  add("second", JobState::pending, 2);
  add("later-a", JobState::pending, std::nullopt);
  add("first", JobState::retrying, 1);
  add("later-b", JobState::pending, std::nullopt);
  add("blocked", JobState::blocked, std::nullopt);
  add("done", JobState::completed, std::nullopt);
  writer.finish();
  PeekQuery query;
  query.why = true;
  const PeekResult result = open_capture(file)->peek(query);
  REQUIRE(result.queues.size() == 1);
  const PeekQueue& queue = result.queues[0];
  std::string ids;
  for (const Job& job : queue.next) ids += job.ref.id.raw() + ' ';
  CHECK(ids == "first second ");
  CHECK_FALSE(queue.exact);
  CHECK_FALSE(queue.notes.empty());
  REQUIRE(queue.waiting.size() == 2);
  CHECK(queue.waiting[0].reason == "blocked");
  CHECK(queue.waiting[0].count == 1);
  CHECK(queue.waiting[1].reason == "not-next");
  CHECK(queue.waiting[1].count == 2);
}

TEST_CASE("where no places were recorded the pending jobs come in captured order") {
  const TemporaryFolder folder;
  CaptureWriter writer(folder / "jobs.db");
  for (const char* id : {"b", "a"}) {
    Job job = bare_job(id);
    job.queue = Untrusted("email");
    job.state = JobState::pending;
    writer.add(job);
  }
  writer.finish();
  const PeekResult result = open_capture(folder / "jobs.db")->peek({});
  REQUIRE(result.queues.size() == 1);
  REQUIRE(result.queues[0].next.size() == 2);
  CHECK(result.queues[0].next[0].ref.id.raw() == "b");
}

TEST_CASE("statistics, queues and the check work on a capture") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (int i = 0; i < 3; ++i) {
    Job job = bare_job("id-" + std::to_string(i));
    job.queue = Untrusted(i == 0 ? "email" : "payments");
    job.state = i == 2 ? JobState::running : JobState::pending;
    if (i == 2) job.notes = {{"stale", "its lease ended"}};
    writer.add(job);
  }
  CaptureFacts facts;
  facts.sources = {{"orders", "hammerwork", 3, "stopped after 3 entries", std::nullopt}};
  writer.finish(facts);
  const std::unique_ptr<JobStore> store = open_capture(file);
  CHECK(store->queues({}) == std::vector{Untrusted("email"), Untrusted("payments")});
  const Statistics statistics = store->statistics({});
  REQUIRE(statistics.queues.size() == 2);
  CHECK(statistics.queues[1].queue.raw() == "payments");
  REQUIRE(statistics.queues[1].states.size() == 2);
  CHECK(statistics.queues[1].states[0].count.value == 1);
  REQUIRE(statistics.queues[1].stale);
  CHECK(statistics.queues[1].stale->value == 1);
  const StoreCheck check = store->check({});
  CHECK(check.version.find("capture format 2") != std::string::npos);
  CHECK(std::any_of(check.findings.begin(), check.findings.end(),
                    [](const Finding& finding) { return finding.subject == "captured sources"; }));
  const std::vector<Finding> findings = store->diagnose({});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "captured-sources");
  CHECK(findings[0].names == std::vector{Untrusted("orders")});
}

TEST_CASE("a filter on the payload survives payloads that are no JSON") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  CaptureWriter writer(file);
  for (const std::string& payload : {R"({"order_id":"order-12345"})"s, "{broken"s, "\0"s, ""s, R"({"order_id":7})"s}) {
    Job job = bare_job("id");
    job.payload = Payload{Payload::Form::json, Untrusted(payload), payload.size()};
    writer.add(job);
  }
  writer.finish();
  JobQuery query = everything();
  query.filter.where = {PayloadCondition{{"order_id"}, PayloadCondition::Comparison::equal, "order-12345"}};
  CHECK(open_capture(file)->list(query).jobs.size() == 1);
}

// Changes of Solid Queue's jobs: the job and its row in a table of executions change together.
#include <doctest/doctest.h>

#include "tests/support/administered.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Json = nlohmann::json;

/// The tables of executions that name the job.
std::string executions_of(const Administered& on, int id) {
  std::string names;
  for (const char* table : {"ready", "scheduled", "claimed", "failed", "blocked"})
    if (on.database().ask("SELECT count(*) FROM solid_queue_" + std::string(table) +
                          "_executions WHERE job_id = " + std::to_string(id)) != "0")
      names += std::string(names.empty() ? "" : " ") + table;
  return names;
}

Json row_of(const Administered& on, int id) {
  return on.rows("solid_queue_jobs", "id = " + std::to_string(id)).at(std::to_string(id));
}

Action forced(ActionKind kind) {
  Action action = action_of(kind);
  action.force = true;
  return action;
}

}  // namespace

TEST_CASE("a failed job is ready again, its counts at 0 and its chain kept") {
  Administered on("fixtures/v1_5/load.sql",
                  "UPDATE solid_queue_jobs SET arguments = '{\"job_class\":\"FlakyJob\",\"provider_job_id\":4,"
                  "\"arguments\":[\"a\"],\"executions\":2,\"exception_executions\":{\"[StandardError]\":2},\"locale\":"
                  "\"en\"}' WHERE id = 6");
  const Json before = row_of(on, 6);
  CHECK(text_of(on.act(action_of(ActionKind::retry), "6")) == "done");
  CHECK(executions_of(on, 6) == "ready");
  CHECK(on.difference(before, row_of(on, 6)) ==
        Json{{"updated_at", "now"},
             {"arguments",
              "{\"job_class\":\"FlakyJob\",\"provider_job_id\":4,\"arguments\":[\"a\"],\"executions\":0,\"exception_"
              "executions\":{},\"locale\":\"en\"}"}});
  CHECK(text_of(on.act(action_of(ActionKind::retry), "6")) == "already: it waits to run as it is");
}

TEST_CASE("a scheduled job is made ready, its count of attempts kept unless it is to be reset") {
  Administered on("fixtures/v1_5/load.sql");
  const Json before = row_of(on, 5);
  Action keep = action_of(ActionKind::retry);
  keep.reset_attempts = false;
  CHECK(text_of(on.act(keep, "5")) == "done");
  CHECK(executions_of(on, 5) == "ready");
  CHECK(on.difference(before, row_of(on, 5)) == Json{{"updated_at", "now"}, {"scheduled_at", "now"}});
}

TEST_CASE("what a worker has claimed, and limits that only the application knows, are left alone") {
  Administered on("fixtures/v1_5/load.sql");
  CHECK(text_of(on.plan(action_of(ActionKind::retry), "7")) == "skip: a worker has claimed it");
  CHECK(text_of(on.plan(forced(ActionKind::erase), "7")) == "skip: a worker has claimed it");
  CHECK(text_of(on.plan(action_of(ActionKind::retry), "8")) == "skip: it waits for others of its concurrency key");
  CHECK(text_of(on.plan(action_of(ActionKind::erase), "8")) ==
        "skip: its class has a concurrency limit, which only the application knows: --force leaves the semaphore as it "
        "is, and it is put right when it expires (may be forced)");
  CHECK(text_of(on.act(forced(ActionKind::erase), "8")) == "done");
  CHECK(executions_of(on, 8).empty());
  CHECK(text_of(on.plan(action_of(ActionKind::retry), "10")) == "skip: it has no execution: enqueue it anew");
}

TEST_CASE("a moved job takes its execution with it") {
  Administered on("fixtures/v1_5/load.sql");
  Action move = action_of(ActionKind::move);
  move.queue = "elsewhere";
  CHECK(text_of(on.act(move, "2")) == "done");
  CHECK(on.database().ask("SELECT j.queue_name || ' ' || r.queue_name FROM solid_queue_jobs j JOIN "
                          "solid_queue_ready_executions r ON r.job_id = j.id WHERE j.id = 2") == "elsewhere elsewhere");
  CHECK(text_of(on.plan(move, "4")) == "skip: it has finished");
}

// Cancelling and deleting Hammerwork's jobs: who fails with them, what summaries say afterwards, and what is never
// deleted. The summary tables are as docs/systems/hammerwork.md sections 2.3 and 2.4 describe them.
#include <doctest/doctest.h>

#include "model/error.hpp"
#include "tests/systems/hammerwork/made_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::hammerwork;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

TEST_CASE("cancel fails a job and those that wait for it, whatever they are called") {
  Administered a(fixture("dialect_a"));
  const Action cancel = cancel_with("not needed");
  const Json before = a.rows("hammerwork_jobs");
  const Target target = a.plan(cancel, job_id(1));
  CHECK(text_of(target) == "act, other jobs that fail with it: 1");
  CHECK(text_of(a.apply(cancel, target)) == "done");
  Json after = a.rows("hammerwork_jobs");
  CHECK(a.difference(before[job_id(1)], after[job_id(1)]) ==
        Json{{"status", "\"Failed\""}, {"failed_at", "now"}, {"error_message", "Cancelled by queuetrace: not needed"}});
  CHECK(a.difference(before[job_id(10)], after[job_id(10)]) ==
        Json{{"status", "\"Failed\""},
             {"failed_at", "now"},
             {"dependency_status", "failed"},
             {"error_message", "Dependency failed: job " + job_id(1) + " failed"}});
  for (const int other : {1, 10}) {
    after.erase(job_id(other));
  }
  for (const auto& [id, row] : after.items()) CHECK(row == before[id]);
  CHECK(text_of(a.apply(cancel, target)) == "already: it has failed before");
  // With a message, too, it reads as cancelled, and what failed with it as failed.
  CHECK(a.plan(cancel, job_id(1)).job.state == JobState::cancelled);
  CHECK(a.plan(cancel, job_id(1)).job.error->raw() == "Cancelled by queuetrace: not needed");
  CHECK(a.plan(cancel, job_id(10)).job.state == JobState::failed);

  Administered b(fixture("dialect_b"));
  Action keep = cancel_with("");
  keep.keep_dependents = true;
  const Target kept = b.plan(keep, job_id(1));
  CHECK(text_of(kept) == "act");
  const Json rows = b.rows("hammerwork_jobs");
  CHECK(text_of(b.apply(keep, kept)) == "done");
  CHECK(b.rows("hammerwork_jobs")[job_id(1)]["error_message"] == "Cancelled by queuetrace");
  CHECK(b.plan(cancel, job_id(1)).job.state == JobState::cancelled);
  CHECK(b.rows("hammerwork_jobs")[job_id(5)] == rows[job_id(5)]);
  CHECK(text_of(b.act(cancel, job_id(13))) == "already: it has failed before");
  b.database().run("UPDATE hammerwork_jobs SET status = 'Pending' WHERE recurring");
  CHECK(text_of(b.plan(cancel, job_id(13))) ==
        "skip: it is recurring, and its schedule would end; it can be forced (may be forced)");
  CHECK(text_of(b.act(cancel, job_id(11))) == "skipped: it has completed");
  CHECK(text_of(b.act(cancel, job_id(20))) == "skipped: it is archived, so it is over");
}

TEST_CASE("cancel by force ends a running job, and its lease") {
  Administered c(fixture("dialect_c"));
  Action cancel = cancel_with("stuck");
  CHECK(text_of(c.act(cancel, job_id(10))) ==
        "skipped: it is running; if forced, its handler continues and what it reports is discarded");
  const Json before = c.rows("hammerwork_jobs");
  cancel.force = true;
  CHECK(text_of(c.act(cancel, job_id(10))) == "done");
  CHECK(c.difference(before[job_id(10)], c.rows("hammerwork_jobs")[job_id(10)]) ==
        Json{{"status", "Failed"},
             {"failed_at", "now"},
             {"error_message", "Cancelled by queuetrace: stuck"},
             {"last_heartbeat_at", nullptr},
             {"lease_expires_at", nullptr}});
}

TEST_CASE("dependents fail all the way down, through a cycle, and only those that wait") {
  Administered on(fixture("dialect_c"),
                  summary_tables +
                      insert({{1}, {2, "Pending", 1}, {3, "Pending", 2}, {4, "Running", 1}, {5, "Pending", 4}, {6}}) +
                      "UPDATE hammerwork_jobs SET depends_on = depends_on || '" + job_id(3) + "'::uuid WHERE id = '" +
                      job_id(2) + "'");
  CHECK(text_of(on.plan(cancel_with("x"), job_id(1))) == "act, other jobs that fail with it: 2");
  CHECK(text_of(on.act(cancel_with("x"), job_id(1))) == "done");
  CHECK(jobs_in(on) == Words{"01 Failed none Cancelled by queuetrace: x",
                             "02 Failed failed Dependency failed: job 000000010001 failed",
                             "03 Failed failed Dependency failed: job 000000020002 failed", "04 Running waiting",
                             "05 Pending waiting", "06 Pending none"});
}

TEST_CASE("a job of a fail-fast workflow takes the others with it; other policies do as they say") {
  const std::vector<Made> jobs{
      {1, "Completed", 0, 100}, {2, "Pending", 0, 100}, {3, "Pending", 2, 100}, {4, "Pending", 0, 100}};
  Administered fast(fixture("dialect_c"), summary_tables + workflow(100, "fail_fast", 4) + insert(jobs));
  CHECK(text_of(fast.plan(cancel_with("x"), job_id(2))) == "act, other jobs that fail with it: 2");
  CHECK(text_of(fast.act(cancel_with("x"), job_id(2))) == "done");
  CHECK(jobs_in(fast) == Words{"01 Completed none", "02 Failed none Cancelled by queuetrace: x",
                               "03 Failed failed Workflow failed: job 000000020002 failed (fail-fast policy)",
                               "04 Failed none Workflow failed: job 000000020002 failed (fail-fast policy)"});
  CHECK(workflows_in(fast) == "failed|1|3|4|f|t");
  // Retried, the workflow has something to do again.
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> failed = fast.plan_all(retry);
  for (const TargetReport& report : fast.writes().apply(retry, failed, {})) CHECK(report.outcome != Outcome::failed);
  CHECK(workflows_in(fast) == "running|1|0|4|f|f");
  CHECK(jobs_in(fast)[2].starts_with("03 Pending waiting"));

  Administered goes_on(fixture("dialect_c"), summary_tables + workflow(100, "continue_on_failure", 4) + insert(jobs));
  CHECK(text_of(goes_on.act(cancel_with("x"), job_id(2))) == "done");
  CHECK(workflows_in(goes_on) == "running|1|2|4|f|f");
  CHECK(jobs_in(goes_on)[2] == "03 Failed failed Dependency failed: job 000000020002 failed");
  CHECK(text_of(goes_on.act(cancel_with("x"), job_id(4))) == "done");
  CHECK(workflows_in(goes_on) == "failed|1|3|4|f|t");

  Administered manual(fixture("dialect_c"), summary_tables + workflow(100, "manual", 4) + insert(jobs));
  CHECK(text_of(manual.plan(cancel_with("x"), job_id(2))) == "act");
  CHECK(text_of(manual.act(cancel_with("x"), job_id(2))) == "done");
  CHECK(jobs_in(manual)[2] == "03 Pending waiting");
  CHECK(workflows_in(manual) == "running|1|1|4|f|f");
}

TEST_CASE("batches count what was cancelled and retried") {
  const std::vector<Made> jobs{{1, "Completed", 0, 0, 200}, {2, "Pending", 0, 0, 200}, {3, "Pending", 0, 0, 200}};
  Administered on(fixture("dialect_c"), summary_tables + batch(200, "ContinueOnError", 3) + insert(jobs));
  CHECK(text_of(on.act(cancel_with("x"), job_id(2))) == "done");
  CHECK(batches_in(on) == "Processing|1|1|1|f|1 of 3 jobs failed");
  CHECK(text_of(on.act(cancel_with("x"), job_id(3))) == "done");
  CHECK(batches_in(on) == "PartiallyFailed|1|2|0|t|2 of 3 jobs failed");
  const Action retry = action_of(ActionKind::retry);
  for (const TargetReport& report : on.writes().apply(retry, on.plan_all(retry), {}))
    CHECK(report.outcome != Outcome::failed);
  CHECK(batches_in(on) == "Processing|1|0|2|f|");

  Administered fast(fixture("dialect_c"), summary_tables + batch(200, "FailFast", 3) + insert(jobs));
  CHECK(text_of(fast.plan(cancel_with("x"), job_id(2))) == "act, other jobs that fail with it: 1");
  CHECK(text_of(fast.act(cancel_with("x"), job_id(2))) == "done");
  CHECK(jobs_in(fast)[2] == "03 Failed none Batch failed: job 000000020002 failed (fail-fast mode)");
  CHECK(batches_in(fast) == "Failed|1|2|0|t|2 of 3 jobs failed");
}

TEST_CASE("deleting protects what others count on, and takes along what is then empty") {
  Administered on(fixture("dialect_c"),
                  summary_tables + workflow(100, "fail_fast", 2) + workflow(101, "fail_fast", 1, "completed") +
                      batch(200, "FailFast", 2) + batch(201, "FailFast", 1) +
                      insert({{1, "Completed", 0, 100},
                              {2, "Pending", 0, 100},
                              {3, "Completed", 0, 0, 200},
                              {4, "Running", 0, 0, 200},
                              {5, "Completed", 0, 101},
                              {6, "Dead", 0, 0, 201},
                              {7, "Completed"},
                              {8, "Pending", 7}}) +
                      "UPDATE hammerwork_jobs SET recurring = true WHERE id = '" + job_id(6) + "'");
  const Action erase = action_of(ActionKind::erase);
  Json said;
  const std::vector<Target> targets = on.plan_all(erase);
  for (const Target& target : targets) said[target.job.ref.id.raw().substr(6, 2)] = text_of(target);
  const std::string workflow_text =
      "skip: its workflow is still open and could never finish without it; it can be forced "
      "(may be forced)";
  CHECK(said == Json{{"01", workflow_text},
                     {"02", workflow_text},
                     {"03",
                      "skip: its batch is still open and could never finish without it; it can be forced (may be "
                      "forced)"},
                     {"04", "skip: it is running; cancel it by force first where its worker is gone"},
                     {"05", "act"},
                     {"06", "skip: it is recurring: its schedule lives in this row; it can be forced (may be forced)"},
                     {"07", "skip: other jobs wait for it, and would wait forever"},
                     {"08", "act"}});
  on.writes().apply(erase, targets, {});
  CHECK(jobs_in(on).size() == 6);
  CHECK(on.database().ask("SELECT count(*) FROM hammerwork_workflows") == "1");
  CHECK(on.database().ask("SELECT count(*) FROM hammerwork_batches") == "2");
  // Nobody waits any more.
  CHECK(text_of(on.act(erase, job_id(7))) == "done");
  Action force = erase;
  force.force = true;
  const Target recurring = on.plan(force, job_id(6));
  const std::vector<BackupRecord> backup = on.writes().back_up(std::span(&recurring, 1), {});
  const Json batches = on.rows("hammerwork_batches");
  CHECK(text_of(on.apply(force, recurring)) == "done");
  CHECK(on.database().ask("SELECT id FROM hammerwork_batches") == job_id(200));
  CHECK(text_of(on.writes().restore(backup, false, {}).front()) == "done");
  CHECK(on.rows("hammerwork_batches") == batches);
}

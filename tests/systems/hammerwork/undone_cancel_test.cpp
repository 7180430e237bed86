// Undoing a cancel of Hammerwork's jobs: what failed with them comes back in the same step, or not at all.
#include <doctest/doctest.h>

#include <set>

#include "tests/systems/hammerwork/made_jobs.hpp"

using namespace queuetrace;
using namespace queuetrace::test::hammerwork;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

TEST_CASE("a cancel is undone with all that failed with it, in every dialect") {
  for (const char* dialect : {"dialect_a", "dialect_b", "dialect_c"}) {
    CAPTURE(dialect);
    Administered on(fixture(dialect));
    const std::string before = on.digest("hammerwork_jobs");
    const Action cancel = cancel_with("not needed");
    const std::vector<Target> targets = on.plan_all(cancel);
    std::vector<BackupRecord> kept;
    std::size_t done = 0;
    for (const TargetReport& report : on.writes().apply(cancel, targets, {})) {
      done += report.outcome == Outcome::done ? 1 : 0;
      if (!report.undo.empty()) kept.insert(kept.begin(), {report.id, report.undo});
    }
    REQUIRE(done > 1);
    CHECK(kept.size() == done);
    CHECK(on.digest("hammerwork_jobs") != before);
    for (const bool dry_run : {true, false})
      for (const TargetReport& report : on.writes().undo(kept, dry_run, {})) CHECK(text_of(report) == "done");
    CHECK(on.digest("hammerwork_jobs") == before);
    for (const TargetReport& report : on.writes().undo(kept, false, {}))
      CHECK(text_of(report) == "already: it is as it was");
  }
}

TEST_CASE("what fails with a cancelled job comes back with its workflow and batch, or not at all") {
  const auto with_it = [](const std::string& content) {
    std::set<std::string> ids;
    const Json kept = Json::parse(content);
    for (const Json& change : kept["changes"]) ids.insert(change.value("of", ""));
    return ids.size() - 1;
  };
  Administered on(fixture("dialect_c"),
                  summary_tables + workflow(100, "fail_fast", 3) + batch(200, "FailFast", 2) +
                      insert({{1}, {2, "Pending", 1}, {3, "Pending", 2}, {4, "Running", 1}, {5}}) +
                      insert({{6, "Completed", 0, 100}, {7, "Pending", 0, 100}, {8, "Pending", 7, 100}}) +
                      insert({{10, "Pending", 0, 0, 200}, {11, "Retrying", 0, 0, 200}}));
  const Words jobs = jobs_in(on);
  const std::string flows = workflows_in(on), batches = batches_in(on);
  const auto cancelled = [&](int number) {
    const TargetReport report = on.act(cancel_with("x"), job_id(number));
    CHECK(text_of(report) == "done");
    return BackupRecord{report.id, report.undo};
  };
  const auto undone = [&](const BackupRecord& record, bool dry_run = false) {
    return text_of(on.writes().undo({record}, dry_run, {}).front());
  };
  for (const auto& [number, others] : {std::pair{1, 2}, std::pair{7, 1}, std::pair{10, 1}, std::pair{5, 0}}) {
    CAPTURE(number);
    const BackupRecord record = cancelled(number);
    CHECK(with_it(record.content) == static_cast<std::size_t>(others));
    CHECK(jobs_in(on) != jobs);
    CHECK(undone(record) == "done");
    CHECK(jobs_in(on) == jobs);
    CHECK(workflows_in(on) == flows);
    CHECK(batches_in(on) == batches);
  }

  // Two that share a dependent: it comes back once.
  on.database().run("UPDATE hammerwork_jobs SET depends_on = depends_on || '" + job_id(5) + "'::uuid WHERE id = '" +
                    job_id(2) + "'");
  const Words shared = jobs_in(on);
  std::vector<Target> both{on.plan(cancel_with("x"), job_id(1)), on.plan(cancel_with("x"), job_id(5))};
  std::vector<BackupRecord> records;
  for (const TargetReport& report : on.writes().apply(cancel_with("x"), both, {}))
    records.insert(records.begin(), {report.id, report.undo});
  CHECK(with_it(records[0].content) + with_it(records[1].content) == 2);
  for (const TargetReport& report : on.writes().undo(records, false, {})) CHECK(text_of(report) == "done");
  CHECK(jobs_in(on) == shared);

  // One of them was retried since: nothing is undone, and what can be done instead is said.
  const BackupRecord record = cancelled(1);
  CHECK(text_of(on.act(action_of(ActionKind::retry), job_id(3))) == "done");
  const Words since = jobs_in(on);
  const std::string why = "changed: " + job_id(3) +
                          ", which changed with it, is not as the change left it, and they are undone together or not "
                          "at all; to run again: queuetrace job retry " +
                          job_id(1) + " " + job_id(2) + " " + job_id(3);
  CHECK(undone(record, true) == why);
  CHECK(undone(record) == why);
  CHECK(jobs_in(on) == since);
}

TEST_CASE("more than can be undone together are named, with what to do instead") {
  std::vector<Made> jobs{{1}};
  for (int number = 2; number <= 1'003; ++number) jobs.push_back({number, "Pending", 1});
  Administered on(fixture("dialect_c"), summary_tables + insert(jobs));
  TargetReport report = on.act(cancel_with("x"), job_id(1));
  REQUIRE(text_of(report) == "done");
  std::string named;
  for (int number = 2; number <= 21; ++number) named += (number == 2 ? "" : ", ") + job_id(number);
  CHECK(text_of(on.writes().undo({{report.id, report.undo}}, false, {}).front()) ==
        "skipped: other jobs changed with it, too many to be undone together (" + named +
            " and 982 more): retry this job, then each of them");
  on.database().run("TRUNCATE hammerwork_jobs;" + insert({jobs.begin(), jobs.end() - 2}));
  const std::string before = on.digest("hammerwork_jobs");
  report = on.act(cancel_with("x"), job_id(1));
  CHECK(text_of(on.writes().undo({{report.id, report.undo}}, false, {}).front()) == "done");
  CHECK(on.digest("hammerwork_jobs") == before);
}

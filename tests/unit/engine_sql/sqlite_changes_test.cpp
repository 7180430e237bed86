// Changes of jobs in SQLite files, for a small system of our own: plan, back up, apply, restore, pause; a held file;
// what the file itself says of a write.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/row_changes.hpp"
#include "model/error.hpp"
#include "tests/unit/engine_sql/sqlite_jobs_file.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;
using test::action_of;
using test::text_of;
using File = test::SqliteJobsFile;
using Words = std::vector<std::string>;

namespace {

Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorKind::internal, "");
}

}  // namespace

TEST_CASE("jobs in a file are planned, counted and retried; what is not as the plan saw it is left alone") {
  File file;
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = file.plan(retry);
  Words planned;
  for (const Target& target : targets) planned.push_back(text_of(target));
  CHECK(planned == Words{"act", "act", "act", "already: it waits already", "skip: it is running (may be forced)",
                         "skip: its queue is paused"});
  std::map<std::string, std::uint64_t> counts;
  const std::optional<PlanTally> tally = file.writes().tally(retry, {}, {});
  REQUIRE(tally);
  for (const PlanTally::Part& part : tally->parts) counts[part.reason] += part.jobs;
  CHECK(counts == std::map<std::string, std::uint64_t>{
                      {"", 3}, {"it waits already", 1}, {"it is running", 1}, {"its queue is paused", 1}});

  file.run("UPDATE file_jobs SET payload = 'new' WHERE id = 2");
  file.run("DELETE FROM file_notes WHERE job_id = 1");
  file.run("DELETE FROM file_jobs WHERE id = 1");
  CHECK(file.apply(retry, targets) == Words{"changed: it is not there", "changed: it changed after the plan was made",
                                            "done", "already: it waits already", "skipped: it is running",
                                            "skipped: its queue is paused"});
  CHECK(file.contents("file_jobs").find("integer 3, text 'mail', text 'new', integer 0") != std::string::npos);
  CHECK(file.apply(retry, {targets[2]}) == Words{"already: it waits already"});

  Action kept = retry;
  kept.reset_attempts = false;
  kept.force = true;
  CHECK(file.apply(kept, file.plan(kept, {"5"})) == Words{"done"});
  CHECK(file.contents("file_jobs").find("integer 5, text 'mail', text 'new', integer 1") != std::string::npos);
}

TEST_CASE("what is deleted from a file comes back with every value and its type, byte for byte") {
  File file;
  for (const char* value :
       {"x'00ff4100'", "'caf\u00e9 \u2028 ''quoted'''", "''", "x''", "NULL", "-9223372036854775808", "0.1", "1.0 / 3",
        "5e-324", "1.7976931348623157e308", "9e999", "-9e999", "CAST(x'610062' AS TEXT)", "'i12'", "1e15"}) {
    CAPTURE(value);
    file.run(std::string("UPDATE file_jobs SET \"a \"\"name\" = tries, payload = ") + value + " WHERE id <= 2");
    const std::string jobs = file.contents("file_jobs"), notes = file.contents("file_notes");
    const Action erase = action_of(ActionKind::erase);
    const std::vector<Target> targets = file.plan(erase, {"1", "2"});
    const std::vector<BackupRecord> records = file.writes().back_up(targets, {});
    REQUIRE(records.size() == 2);
    CHECK(text_of(file.writes().restore(records, true, {}).front()) == "already: it is there as it was");
    CHECK(file.apply(erase, targets) == Words{"done", "done"});
    CHECK(file.contents("file_notes") == "nothing");
    for (const bool dry : {true, false})
      for (const TargetReport& report : file.writes().restore(records, dry, {})) CHECK(text_of(report) == "done");
    CHECK(file.contents("file_jobs") == jobs);
    CHECK(file.contents("file_notes") == notes);
    for (const TargetReport& report : file.writes().restore(records, false, {}))
      CHECK(text_of(report) == "already: it is there as it was");
  }
  file.run("UPDATE file_jobs SET payload = CAST(x'ff' AS TEXT) WHERE id = 1");
  const Error error = error_of([&] { file.writes().back_up(file.plan(action_of(ActionKind::erase), {"1"}), {}); });
  CHECK(error.kind() == ErrorKind::refused);
}

TEST_CASE("a backup leaves out what changed, and puts nothing over what came since") {
  File file;
  const Action erase = action_of(ActionKind::erase);
  const std::vector<Target> targets = file.plan(erase, {"1", "2"});
  file.run("UPDATE file_jobs SET tries = 4 WHERE id = 1");
  std::vector<BackupRecord> records = file.writes().back_up(targets, {});
  REQUIRE(records.size() == 1);
  CHECK(records.front().id.raw() == "2");
  CHECK(text_of(file.writes().report_left_out(erase, std::span(targets).first(1), {}).front()) ==
        "changed: it changed after the plan was made");
  CHECK(file.apply(erase, {targets[1]}) == Words{"done"});
  file.run("INSERT INTO file_jobs (id, queue, state) VALUES (2, 'mail', 'new')");
  CHECK(text_of(file.writes().restore(records, false, {}).front()) ==
        "skipped: another job is there under its id, or it has changed since");
  file.run("DELETE FROM file_jobs WHERE id = 2");
  // A note has taken the place of one of the job's: nothing of the job comes back.
  file.run("INSERT INTO file_notes VALUES (21, 1, 'other')");
  CHECK(text_of(file.writes().restore(records, false, {}).front()) == "skipped: a row of file_notes is there already");
  CHECK(file.contents("file_jobs").find("integer 2,") == std::string::npos);
  records.front().content.replace(records.front().content.find("\"i2\""), 4, "\"z2\"");
  file.run("DELETE FROM file_notes WHERE id = 21");
  CHECK(text_of(file.writes().restore(records, false, {}).front()) ==
        "failed: the backup holds a record that this source cannot read");
}

TEST_CASE("what a change of a file replaced is put back, once, and only where nobody touched it since") {
  File file;
  file.run("UPDATE file_jobs SET \"a \"\"name\" = 1.0 / 3, payload = x'00ff' WHERE id = 3");
  file.run("UPDATE file_jobs SET payload = CAST(x'ff' AS TEXT), state = 'dead' WHERE id = 5");
  const std::string before = file.contents("file_jobs");
  const Action retry = action_of(ActionKind::retry);
  std::vector<BackupRecord> records;
  for (const TargetReport& report : file.writes().apply(retry, file.plan(retry, {"1", "2", "3", "5"}), {})) {
    CHECK(text_of(report) == "done");
    records.insert(records.begin(), {report.id, report.undo});
  }
  const std::string after = file.contents("file_jobs");
  CHECK(after != before);
  const auto undo = [&](bool dry_run) {
    Words words;
    for (const TargetReport& report : file.writes().undo(records, dry_run, {}))
      words.push_back(report.id.raw() + " " + text_of(report));
    return words;
  };
  CHECK(undo(true) == Words{"5 done", "3 done", "2 done", "1 done"});
  CHECK(file.contents("file_jobs") == after);
  file.run("UPDATE file_jobs SET tries = tries + 1 WHERE id = 2");
  CHECK(undo(true) == Words{"5 done", "3 done", "2 changed: it is not as the change left it", "1 done"});
  CHECK(undo(false) == Words{"5 done", "3 done", "2 changed: it is not as the change left it", "1 done"});
  file.run("UPDATE file_jobs SET state = 'dead', tries = 3 WHERE id = 2");
  CHECK(file.contents("file_jobs") == before);
  CHECK(undo(false) == Words{"5 already: it is as it was", "3 already: it is as it was", "2 already: it is as it was",
                             "1 already: it is as it was"});
}

TEST_CASE("a value that no file of ours can hold is named by undo, and not passed over") {
  const BackupRecord record{Untrusted("1"),
                            changes_content({{"file_jobs", StoredRow::Columns{{"payload", "\xff"}}, "1"}})};
  File file;
  CHECK(text_of(file.writes().undo(std::vector{record}, false, {}).front()) ==
        "skipped: what was there holds bytes that are not UTF-8, which no file of ours can keep");
}

TEST_CASE("queues in a file are paused and resumed") {
  File file;
  const auto set = [&](bool paused) {
    return text_of(file.writes().set_paused({"mail", paused, "", "queuetrace:me"}));
  };
  CHECK(set(true) == "done");
  CHECK(set(true) == "already: it is paused");
  CHECK(text_of(file.plan(action_of(ActionKind::retry), {"1"}).front()) == "skip: its queue is paused");
  CHECK(set(false) == "done");
  CHECK(set(false) == "already: it is not paused");
}

TEST_CASE("a file that another program holds is waited for a while, then nothing is done and it is said") {
  File file;
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = file.plan(retry, {"1", "2", "3"});
  const std::string before = file.contents("file_jobs");
  {
    const std::unique_ptr<SqlTransaction> worker = file.other().begin_write(5s);
    worker->run({"UPDATE file_jobs SET state = 'running' WHERE id = 1", {}});
    const Error error = error_of([&] { file.apply(retry, targets); });
    CHECK(error.kind() == ErrorKind::unreachable);
    CHECK(std::string(error.what()).find("another program holds it locked") != std::string::npos);
  }
  CHECK(file.contents("file_jobs") == before);
  CHECK(file.apply(retry, targets) == Words{"done", "done", "done"});
}

TEST_CASE("only a store that was opened for writing can write, and only inside a transaction") {
  File file;
  const std::vector<std::unique_ptr<JobStore>> reading = open_stores(file.source(), Access::read, File::catalogue());
  CHECK_THROWS_AS(reading.front()->administration(), Error);
  CHECK_THROWS_AS(connect_sqlite(file.source())->begin_write(5s), Error);
  const std::shared_ptr<SqlConnection> session = connect_sqlite(file.source(), Access::write);
  const SqlStatement erase{"DELETE FROM file_notes", {}};
  CHECK_THROWS_AS(session->query(erase, 5s), Error);
  session->begin_write(5s)->run(erase);  // not committed
  CHECK_THROWS_AS(session->query(erase, 5s), Error);
  CHECK(session->query({"SELECT 1 FROM file_notes", {}}, 5s)->rows() == 3);
}

TEST_CASE("the file's triggers and foreign keys hold for our writes; what they refuse stays alone") {
  File file;
  const Action retry = action_of(ActionKind::retry);
  const std::vector<Target> targets = file.plan(retry, {"1", "2", "3"});
  file.run(
      "CREATE TRIGGER refuses BEFORE UPDATE ON file_jobs WHEN old.id = 2 BEGIN SELECT RAISE(ABORT, 'not this one'); "
      "END");
  CHECK(file.apply(retry, targets) ==
        Words{"done", "failed: cannot write " + std::string(file.other().target()) + " / not this one", "done"});
  // Something of the application's own hangs on job 3: it cannot go without it.
  file.run("CREATE TABLE others (job_id INTEGER REFERENCES file_jobs (id))");
  file.run("INSERT INTO others VALUES (3)");
  const Action erase = action_of(ActionKind::erase);
  CHECK(
      file.apply(erase, file.plan(erase, {"3", "4"})) ==
      Words{"failed: cannot write " + std::string(file.other().target()) + " / FOREIGN KEY constraint failed", "done"});
}

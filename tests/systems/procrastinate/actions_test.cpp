// What retry, cancel, delete and move do to Procrastinate's jobs at every schema level: the row and its history
// afterwards, every reason to leave a job alone, and that what was deleted comes back with its history.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/systems/procrastinate/changes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::test::procrastinate;

TEST_CASE("cancel ends waiting jobs and only asks for the abort of running ones") {
  const Action cancel = action_of(ActionKind::cancel);
  const Action force = forced(ActionKind::cancel);
  const std::string runs =
      "skip: it runs: --force asks its worker to abort it, which only happens if its task lets it (may be forced)";
  const std::string requests = "act, an abort is requested; whether it ends as aborted shows later";
  for (const std::string variant : {"s27", "s30", "s34"}) {
    CAPTURE(variant);
    Administered on = loaded(variant);
    const int running = variant == "s34" ? 17 : 5;
    const std::string number = std::to_string(running);
    CHECK(done_to(on, cancel, 1) == Json{{"outcome", "done"}, {"status", "cancelled"}, {"events", "cancelled"}});
    CHECK(text_of(on.act(cancel, "1")) == "already: it is cancelled");
    CHECK(text_of(on.plan(cancel, "8")) == (variant == "s34" ? "already: it is cancelled" : ended));
    CHECK(text_of(on.plan(cancel, number)) == runs);
    CHECK(text_of(on.plan(force, number)) == requests);
    if (variant == "s27")
      CHECK(done_to(on, force, running) ==
            Json{{"outcome", "done"}, {"status", "aborting"}, {"events", "abort_requested"}});
    else
      CHECK(done_to(on, force, running) ==
            Json{{"outcome", "done"}, {"abort_requested", true}, {"events", "abort_requested"}});
    CHECK(text_of(on.act(force, number)) == asked);
  }
  Administered on = loaded("s34");
  CHECK(planned(on, force, {5, 8, 9, 12, 22, 44}) == Json{{"5", ended},
                                                          {"8", "already: it is cancelled"},
                                                          {"9", ended},
                                                          {"12", ended},
                                                          {"22", asked},
                                                          {"44", "already: it is cancelled"}});
  // A worker took it after the plan was made: nothing is aborted by surprise.
  const Target target = on.plan(force, "1");
  on.database().run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1 WHERE id = 1");
  CHECK(text_of(on.apply(force, target)) == "changed: it changed after the plan was made");
  CHECK(row_of(on, 1)["abort_requested"] == false);
}

TEST_CASE("before 2.7 a cancel is a failure with a cancel in its history") {
  Administered on = loaded("s24");
  const Action cancel = action_of(ActionKind::cancel);
  CHECK(on.writes().offer(cancel).effect.find("as releases before 2.7 do it") != std::string::npos);
  CHECK(done_to(on, cancel, 1) == Json{{"outcome", "done"}, {"status", "failed"}, {"events", "cancelled"}});
  CHECK(text_of(on.act(cancel, "1")) == "already: it is cancelled");
  CHECK(planned(on, forced(ActionKind::cancel), {5, 8, 9, 10}) ==
        Json{{"5", "skip: it runs, and releases before 2.7 cannot abort"},
             {"8", ended},
             {"9", "already: it is cancelled"},
             {"10", ended}});
  JobFilter one;
  one.ids = {"1"};
  JobQuery query;
  query.filter = one;
  CHECK(on.store().list(query).jobs.at(0).state == JobState::cancelled);
}

TEST_CASE("half migrated to 3.0, a cancel is safe and an abort is warned of") {
  Administered on = loaded(
      "s30",
      "CREATE FUNCTION procrastinate_cancel_job(job bigint, abort boolean, gone boolean) RETURNS bigint LANGUAGE sql "
      "AS 'SELECT job'");
  CHECK(on.writes().offer(action_of(ActionKind::cancel)).warnings ==
        std::vector<std::string>{"the schema is half migrated to 3.0: an abort reaches workers of 3.x only"});
  CHECK(done_to(on, action_of(ActionKind::cancel), 1) ==
        Json{{"outcome", "done"}, {"status", "cancelled"}, {"events", "cancelled"}});
}

TEST_CASE("without its function an action is refused") {
  Administered on = loaded("s34",
                           "DROP FUNCTION procrastinate_cancel_job_v1, procrastinate_retry_job_v1, "
                           "procrastinate_retry_job_v2");
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel}) {
    const ActionOffer offer = on.writes().offer(action_of(kind));
    CHECK_FALSE(offer.possible);
    CHECK(offer.reason.starts_with("the function of this release that"));
    CHECK(offer.nearest == "repair the schema: procrastinate schema --read prints it");
  }
  CHECK(on.writes().offer(action_of(ActionKind::erase)).possible);
  CHECK(on.writes().offer_pause().reason ==
        "Procrastinate has no pause: workers take from every queue they were started for");
}

TEST_CASE("move takes waiting jobs to queues that can be notified") {
  Administered on = loaded("s34");
  CHECK(done_to(on, move_to("later"), 14) == Json{{"outcome", "done"}, {"queue_name", "later"}});
  // Its time is written down again by the library's trigger.
  CHECK(done_to(on, move_to("later"), 13) ==
        Json{{"outcome", "done"}, {"queue_name", "later"}, {"events", "scheduled"}});
  CHECK(text_of(on.act(move_to("later"), "14")) == "already: it is in that queue");
  CHECK(planned(on, move_to("later"), {5, 17}) == Json{{"5", ended}, {"17", "skip: it runs"}});
  const std::string forty(40, 'q');
  CHECK(text_of(on.plan(move_to(forty), "1")) == "act");
  CHECK(text_of(on.plan(move_to(forty + "q"), "1")) ==
        "skip: the queue's name has more than 40 bytes: notifications of this release cannot name it");
  Administered older = loaded("s27");
  CHECK(text_of(older.plan(move_to(forty + "qqq"), "1")) == "act");
  CHECK(text_of(older.plan(move_to(forty + "qqqq"), "1")) ==
        "skip: the queue's name has more than 43 bytes: notifications of this release cannot name it");
}

TEST_CASE("a deleted job comes back with its history, its periodic task and its worker") {
  Administered on = loaded("s34",
                           "UPDATE procrastinate_jobs SET worker_id = 2 WHERE id = 12; ALTER TABLE procrastinate_jobs "
                           "ADD COLUMN dataset text GENERATED ALWAYS AS (args ->> 'to') STORED");
  const Action erase = action_of(ActionKind::erase);
  CHECK(text_of(on.plan(erase, "17")) ==
        "skip: it runs: deleting it does not stop its task, and its worker fails when it records the end (may be "
        "forced)");
  const std::vector<std::string> tables{jobs, "procrastinate_events", "procrastinate_periodic_defers"};
  const auto state = [&] {
    std::string text;
    for (const std::string& table : tables) text += on.digest(table);
    return text;
  };
  const std::string whole = state();
  std::vector<Target> targets;
  for (const char* id : {"2", "10", "12", "23", "26"}) targets.push_back(on.plan(erase, id));
  targets.push_back(on.plan(forced(ActionKind::erase), "20"));
  const std::vector<BackupRecord> records = on.writes().back_up(targets, {});
  REQUIRE(records.size() == 6);
  for (const TargetReport& report : on.writes().apply(forced(ActionKind::erase), targets, {}))
    CHECK(text_of(report) == "done");
  CHECK(on.database().ask("SELECT count(*) FROM procrastinate_events WHERE job_id IN (2, 10, 12, 20, 23, 26)") == "0");
  CHECK(on.database().ask("SELECT job_id IS NULL FROM procrastinate_periodic_defers WHERE task_name = 'app.tick'") ==
        "t");
  for (const TargetReport& report : on.writes().restore(records, false, {})) CHECK(text_of(report) == "done");
  CHECK(state() == whole);

  // Its worker has stopped meanwhile, and a later tick has taken the place of its own.
  for (const TargetReport& report :
       on.writes().apply(erase, std::vector{on.plan(erase, "12"), on.plan(erase, "23")}, {}))
    CHECK(text_of(report) == "done");
  on.database().run(
      "DELETE FROM procrastinate_workers WHERE id = 2; DELETE FROM procrastinate_periodic_defers WHERE "
      "task_name = 'app.tick'");
  for (const TargetReport& report : on.writes().restore(std::vector{records[2], records[3]}, false, {}))
    CHECK(text_of(report) == "done");
  CHECK(row_of(on, 12)["worker_id"].is_null());
  CHECK(row_of(on, 12)["status"] == "succeeded");
  CHECK(
      on.database().ask("SELECT string_agg(type::text, ' ' ORDER BY id) FROM procrastinate_events WHERE job_id = 12") ==
      "deferred started deferred_for_retry cancelled");

  // Another job waits under the queueing lock that it had.
  const std::vector<Target> twin{on.plan(erase, "21")};
  const std::vector<BackupRecord> kept = on.writes().back_up(twin, {});
  CHECK(text_of(on.apply(erase, twin[0])) == "done");
  on.database().run(
      "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('orders', 'app.slow', "
      "'twin')");
  CHECK(text_of(on.writes().restore(kept, false, {}).front()) ==
        "skipped: another row is in its place, or holds what must be unique");
  CHECK(on.database().ask("SELECT count(*) FROM procrastinate_events WHERE job_id = 21") == "0");
}

TEST_CASE("functions and triggers find their tables in whatever schema they are") {
  const std::string name = "Jobs {procrastinate_jobs} \"\"a";
  std::ifstream stream(fixture("s34"));
  std::ostringstream text;
  text << stream.rdbuf();
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("queuetrace_schema_" + std::to_string(::getpid()) + ".sql");
  std::ofstream(file) << "CREATE SCHEMA \"" << name << "\"; SET search_path TO \"" << name << "\";\n" << text.str();
  Administered on(file);
  std::filesystem::remove(file);
  const std::string table = '"' + name + "\".procrastinate_jobs";
  const auto status = [&](const char* id) {
    return on.database().ask("SELECT status FROM " + table + " WHERE id = " + id);
  };
  CHECK(text_of(on.act(action_of(ActionKind::retry), "5")) == "done");
  CHECK(status("5") == "todo");
  CHECK(text_of(on.act(action_of(ActionKind::cancel), "1")) == "done");
  CHECK(status("1") == "cancelled");
  CHECK(text_of(on.act(move_to("later"), "14")) == "done");
  const std::string whole = on.digest(table);
  const std::vector<Target> targets{on.plan(action_of(ActionKind::erase), "2")};
  const std::vector<BackupRecord> records = on.writes().back_up(targets, {});
  CHECK(text_of(on.apply(action_of(ActionKind::erase), targets[0])) == "done");
  CHECK(on.digest(table) != whole);
  CHECK(text_of(on.writes().restore(records, false, {}).front()) == "done");
  CHECK(on.digest(table) == whole);
  CHECK(on.store().queues({}).size() == 8);
}

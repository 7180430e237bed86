// What retry, cancel, delete and move do to Procrastinate's jobs at every schema level: the row and its history
// afterwards, every reason to leave a job alone, and that what was deleted comes back with its history.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "model/error.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

namespace {

const std::string jobs = "procrastinate_jobs";

std::filesystem::path fixture(const std::string& variant) {
  return "../../fixtures/procrastinate/" + variant + "/load.sql";
}

Action forced(ActionKind kind) {
  Action action = action_of(kind);
  action.force = true;
  return action;
}

Action reset() {
  Action action = action_of(ActionKind::retry);
  action.reset_attempts = true;
  return action;
}

Action move_to(const std::string& queue) {
  Action action = action_of(ActionKind::move);
  action.queue = queue;
  return action;
}

Json row_of(const Administered& on, int id) {
  return on.rows(jobs, "id = " + std::to_string(id)).at(std::to_string(id));
}

/// What happened to a job since the fixture was loaded: the events that are newer than any of the fixture's.
std::string new_events(const Administered& on, int id) {
  return on.database().ask(
      "SELECT coalesce(string_agg(type::text, ' ' ORDER BY id), '') FROM procrastinate_events WHERE "
      "job_id = " +
      std::to_string(id) +
      " AND (at > now() - interval '1 minute' OR type = 'scheduled') AND id > "
      "(SELECT seen FROM fixture_events)");
}

Administered loaded(const std::string& variant, const std::string& more = "") {
  return Administered(fixture(variant),
                      more + ";CREATE TABLE fixture_events AS SELECT max(id) AS seen FROM procrastinate_events");
}

/// Does it to one job: what became of it, which columns changed, and what its history says of it.
Json done_to(Administered& on, const Action& action, int id) {
  const Json before = row_of(on, id);
  const std::string said = text_of(on.act(action, std::to_string(id)));
  Json out = on.difference(before, row_of(on, id));
  out["outcome"] = said;
  if (const std::string events = new_events(on, id); !events.empty()) out["events"] = events;
  return out;
}

/// The plan of some jobs, `id: verdict`.
Json planned(Administered& on, const Action& action, const std::vector<int>& ids) {
  Json out = Json::object();
  for (const int id : ids) out[std::to_string(id)] = text_of(on.plan(action, std::to_string(id)));
  return out;
}

const std::string waits = "already: it waits to run as it is";
const std::string only_failed = "skip: only failed jobs can be retried: defer it anew from the application";
const std::string silent =
    "skip: it is marked as running, but its worker is gone or silent for over 30 seconds; a worker that shuts down is "
    "silent, too, while it finishes its jobs (may be forced)";
const std::string unknown_worker =
    "skip: it runs, and no heartbeats can be read here: only who knows that its worker is gone may force it, else it "
    "runs twice (may be forced)";
const std::string asked = "already: its worker was asked to abort it";
const std::string ended = "skip: it has ended";

}  // namespace

TEST_CASE("3.4: a failed job is retried by the library's function") {
  Administered on = loaded("s34");
  const Action retry = action_of(ActionKind::retry);
  CHECK(on.writes().offer(retry).possible);
  CHECK(on.writes().offer(retry).warnings.empty());
  CHECK(planned(on, retry, {1, 2, 7, 9, 11, 12, 17, 19, 20, 22, 44}) ==
        Json{{"1", waits},
             {"2", waits},
             {"7", only_failed},
             {"9", only_failed},
             {"11", waits},
             {"12", only_failed},
             {"17", "skip: it runs and its worker is alive: retried now it would run twice"},
             {"19", silent},
             {"20", silent},
             {"22", "skip: it runs and its worker is alive: retried now it would run twice"},
             {"44", "skip: it was cancelled, as releases before 2.7 record it (may be forced)"}});
  CHECK(done_to(on, retry, 5) == Json{{"outcome", "done"},
                                      {"status", "todo"},
                                      {"attempts", 4},
                                      {"scheduled_at", "now"},
                                      {"events", "scheduled retried"}});
  // The flag of an abort that came too late is cleared first; a waiting job must not have it.
  CHECK(done_to(on, retry, 10) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"abort_requested", false},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled retried"}});
  CHECK(done_to(on, reset(), 6) == Json{{"outcome", "done"},
                                        {"status", "todo"},
                                        {"attempts", 0},
                                        {"scheduled_at", "now"},
                                        {"events", "scheduled retried"}});
  // It waits for its retry: due now, without another event.
  CHECK(done_to(on, retry, 4) == Json{{"outcome", "done"}, {"scheduled_at", nullptr}});
  CHECK(text_of(on.act(retry, "4")) == waits);
}

TEST_CASE("3.4: a running job is retried only by force and when its worker is gone") {
  Administered on = loaded("s34",
                           "UPDATE procrastinate_jobs SET abort_requested = true WHERE id = 19; UPDATE "
                           "procrastinate_jobs SET queueing_lock = NULL WHERE id = 20");
  const Action force = forced(ActionKind::retry);
  CHECK(text_of(on.plan(force, "17")) == "skip: it runs and its worker is alive: retried now it would run twice");
  CHECK(done_to(on, force, 17) == Json{{"outcome",
                                        "skipped: it runs and its worker is alive: retried now it would run "
                                        "twice"}});
  CHECK(done_to(on, force, 20) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled deferred_for_retry"}});
  // Not turned into a failed one, as the function does with jobs that were asked to abort.
  CHECK(done_to(on, force, 19) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"abort_requested", false},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled deferred_for_retry"}});
  // The worker was silent when the plan was made, and is back.
  Administered later = loaded("s34", "UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = 20");
  const Target target = later.plan(force, "20");
  CHECK(text_of(target) == "act");
  later.database().run("UPDATE procrastinate_workers SET last_heartbeat = now()");
  CHECK(text_of(later.apply(force, target)) ==
        "skipped: it runs and its worker is alive: retried now it would run twice");
  CHECK(row_of(later, 20)["status"] == "doing");
}

TEST_CASE("one job waits under a queueing lock, however many are retried at once") {
  Administered on = loaded(
      "s34",
      "UPDATE procrastinate_jobs SET queueing_lock = 'once' WHERE id IN (5, 6, 10); UPDATE procrastinate_jobs SET "
      "queueing_lock = 'twin' WHERE id = 44; DELETE FROM procrastinate_events WHERE job_id = 44");
  const Action retry = action_of(ActionKind::retry);
  CHECK(text_of(on.plan(retry, "44")) == "skip: another job waits under its queueing lock, which only one may");
  JobFilter failed;
  failed.ids = {"5", "6", "10"};
  const std::vector<Target> targets = on.plan_all(retry, failed);
  REQUIRE(targets.size() == 3);
  const std::string newer = "skip: a newer one of these jobs has its queueing lock, under which only one may wait";
  CHECK(text_of(targets[0]) == newer);
  CHECK(text_of(targets[1]) == newer);
  CHECK(text_of(targets[2]) == "act");
  // Planned one by one, each could be retried; applied together, one is.
  const std::vector<Target> apart{on.plan(retry, "5"), on.plan(retry, "6"), on.plan(retry, "10")};
  const std::vector<TargetReport> reports = on.writes().apply(retry, apart, {});
  CHECK(text_of(reports[0]) ==
        "skipped: a newer one of these jobs has its queueing lock, under which only one may wait");
  CHECK(text_of(reports[1]) ==
        "skipped: a newer one of these jobs has its queueing lock, under which only one may wait");
  CHECK(text_of(reports[2]) == "done");
  CHECK(text_of(on.apply(retry, apart[0])) == "skipped: another job waits under its queueing lock, which only one may");
  CHECK(row_of(on, 5)["status"] == "failed");
}

TEST_CASE("before 3.4 a failed job is retried by hand, a running one by its function") {
  for (const std::string variant : {"s24", "s27", "s30"}) {
    CAPTURE(variant);
    Administered on = loaded(variant);
    const Action retry = action_of(ActionKind::retry);
    REQUIRE(on.writes().offer(retry).warnings.size() == 1);
    CHECK(on.writes().offer(retry).warnings[0].starts_with("before 3.4 there is no function for it"));
    CHECK(planned(on, retry, {1, 5, 7, 8, 9}) ==
          Json{{"1", waits},
               {"5", unknown_worker},
               {"7", waits},
               {"8", only_failed},
               {"9", "skip: it was cancelled, as releases before 2.7 record it (may be forced)"}});
    CHECK(done_to(on, retry, 10) == Json{{"outcome", "done"},
                                         {"status", "todo"},
                                         {"attempts", 2},
                                         {"scheduled_at", "now"},
                                         {"events", "scheduled"}});
    Action again = forced(ActionKind::retry);
    CHECK(done_to(on, again, 5) == Json{{"outcome", "done"},
                                        {"status", "todo"},
                                        {"attempts", 1},
                                        {"scheduled_at", "now"},
                                        {"events", "scheduled deferred_for_retry"}});
    again.reset_attempts = true;
    CHECK(done_to(on, again, 9) ==
          Json{{"outcome", "done"}, {"status", "todo"}, {"scheduled_at", "now"}, {"events", "scheduled"}});
  }
  Administered on = loaded("s27");
  CHECK(planned(on, forced(ActionKind::retry), {13, 15, 17}) ==
        Json{{"13", "skip: it runs and was asked to abort"}, {"15", only_failed}, {"17", only_failed}});
  Administered flagged = loaded("s30");
  CHECK(done_to(flagged, forced(ActionKind::retry), 13) == Json{{"outcome", "done"},
                                                                {"status", "todo"},
                                                                {"abort_requested", false},
                                                                {"attempts", 1},
                                                                {"scheduled_at", "now"},
                                                                {"events", "scheduled deferred_for_retry"}});
}

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

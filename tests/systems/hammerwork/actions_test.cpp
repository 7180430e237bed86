// What retry, cancel, delete, move and pause do to Hammerwork's rows, dialect by dialect: every column afterwards, and
// every reason to leave a job alone.
#include <doctest/doctest.h>

#include "model/error.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

namespace {

std::string fixture(const std::string& dialect) { return "fixtures/" + dialect + "/load.sql"; }

std::string job_id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}

Json row_of(const Administered& on, int number) {
  return on.rows("hammerwork_jobs", "id = '" + job_id(number) + "'").at(job_id(number));
}

/// Does it to one job: what became of it, and which columns changed to what.
Json done_to(Administered& on, const Action& action, int number) {
  const Json before = row_of(on, number);
  const std::string said = text_of(on.act(action, job_id(number)));
  Json out = on.difference(before, row_of(on, number));
  out["outcome"] = said;
  return out;
}

/// The plan of every job of the fixture that is not acted upon, by the first 8 digits of its id.
Json left_alone(Administered& on, const Action& action) {
  Json out = Json::object();
  for (const Target& target : on.plan_all(action))
    if (target.verdict != Verdict::act) out[target.job.ref.id.raw().substr(6, 2)] = text_of(target);
  return out;
}

std::vector<std::string> acted_upon(Administered& on, const Action& action) {
  std::vector<std::string> out;
  for (const Target& target : on.plan_all(action))
    if (target.verdict == Verdict::act) out.push_back(target.job.ref.id.raw().substr(6, 2));
  return out;
}

using Words = std::vector<std::string>;

/// The claim of each dialect as docs/systems/hammerwork.md section 4 tells it; the id that a worker gets.
std::string dequeued(const Administered& on, const std::string& dialect, const std::string& queue) {
  std::string runnable = "j.queue_name = '" + queue +
                         "' AND j.scheduled_at <= now() AND j.dependency_status IN "
                         "('none', 'satisfied') AND j.status = ";
  runnable += dialect == "dialect_a" ? "'\"Pending\"'" : "'Pending'";
  std::string lease;
  if (dialect == "dialect_c") {
    runnable +=
        " AND (j.recurring OR j.cron_schedule IS NULL) AND NOT EXISTS (SELECT 1 FROM hammerwork_queue_pause p "
        "WHERE p.queue_name = j.queue_name)";
    lease = ", last_heartbeat_at = now(), lease_expires_at = now() + interval '5 minutes'";
  }
  return on.database().ask(std::string("UPDATE hammerwork_jobs SET status = ") +
                           (dialect == "dialect_a" ? "'\"Running\"'" : "'Running'") +
                           ", started_at = now(), attempts = attempts + 1" + lease +
                           " WHERE id = (SELECT j.id FROM hammerwork_jobs j WHERE " + runnable +
                           " ORDER BY j.priority DESC, j.scheduled_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id");
}

const std::string retrying_text = "it is Retrying, a state from which no release takes a job; it can be forced";

}  // namespace

TEST_CASE("retry in dialect A writes quoted states") {
  Administered on(fixture("dialect_a"));
  const Action retry = action_of(ActionKind::retry);
  CHECK(on.writes().offer(retry).possible);
  CHECK(acted_upon(on, retry) == Words{"07", "08", "09"});
  CHECK(left_alone(on, retry) == Json{{"01", "already: it is pending"},
                                      {"02", "already: it is pending"},
                                      {"03", "already: it is pending"},
                                      {"04", "already: it is pending"},
                                      {"05", "skip: it is running"},
                                      {"06", "skip: it has completed; it can be forced to run again (may be forced)"},
                                      {"0a", "already: it is pending"},
                                      {"0b", "skip: " + retrying_text + " (may be forced)"},
                                      {"0c", "skip: its state is one that no release of the library writes"}});
  CHECK(done_to(on, retry, 7) == Json{{"outcome", "done"},
                                      {"status", "\"Pending\""},
                                      {"attempts", 0},
                                      {"scheduled_at", "now"},
                                      {"failed_at", nullptr}});
  Action keep = retry;
  keep.reset_attempts = false;
  CHECK(done_to(on, keep, 8) ==
        Json{{"outcome", "done"}, {"status", "\"Pending\""}, {"scheduled_at", "now"}, {"failed_at", nullptr}});
  CHECK(row_of(on, 8)["error_message"] == "still no");
  CHECK(done_to(on, retry, 9) == Json{{"outcome", "done"},
                                      {"status", "\"Pending\""},
                                      {"attempts", 0},
                                      {"scheduled_at", "now"},
                                      {"timed_out_at", nullptr}});
  CHECK(done_to(on, retry, 9) == Json{{"outcome", "already: it is pending"}});
  Action force = retry;
  force.force = true;
  CHECK(done_to(on, force, 11) ==
        Json{{"outcome", "done"}, {"status", "\"Pending\""}, {"attempts", 0}, {"scheduled_at", "now"}});
  CHECK(done_to(on, force, 5) == Json{{"outcome", "skipped: it is running"}});
}

TEST_CASE("retry in dialects B and C writes plain states, and what belongs to them") {
  for (const std::string dialect : {"dialect_b", "dialect_c"}) {
    CAPTURE(dialect);
    Administered on(fixture(dialect));
    const Action retry = action_of(ActionKind::retry);
    Action force = retry;
    force.force = true;
    CHECK(acted_upon(on, retry) == Words{"06", "07", "0c", "0d", "0e", "0f"});
    CHECK(text_of(on.plan(retry, job_id(20))) ==
          "skip: it is archived; cargo hammerwork archive restore ID brings it back as pending");
    CHECK(text_of(on.plan(retry, job_id(8))) ==
          "skip: its state is stored with quotes, which its workers do not look for; it can be forced (may be forced)");
    // Its parent failed: it waits for it. Nobody told what it depends on: nothing.
    CHECK(done_to(on, retry, 6) ==
          Json{{"outcome", "done"}, {"scheduled_at", "now"}, {"dependency_status", "waiting"}});
    CHECK(done_to(on, retry, 7) == Json{{"outcome", "done"}, {"scheduled_at", "now"}, {"dependency_status", "none"}});
    CHECK(done_to(on, retry, 12) == Json{{"outcome", "done"},
                                         {"status", "Pending"},
                                         {"attempts", 0},
                                         {"scheduled_at", "now"},
                                         {"started_at", nullptr},
                                         {"failed_at", nullptr}});
    CHECK(done_to(on, retry, 13) == Json{{"outcome", "done"},
                                         {"status", "Pending"},
                                         {"attempts", 0},
                                         {"scheduled_at", "now"},
                                         {"next_run_at", "now"},
                                         {"failed_at", nullptr}});
    CHECK(done_to(on, retry, 14) == Json{{"outcome", "done"},
                                         {"status", "Pending"},
                                         {"attempts", 0},
                                         {"scheduled_at", "now"},
                                         {"timed_out_at", nullptr}});
    CHECK(done_to(on, force, 8) == Json{{"outcome", "done"}, {"status", "Pending"}, {"scheduled_at", "now"}});
    CHECK(done_to(on, retry, 11) == Json{{"outcome", "skipped: it has completed; it can be forced to run again"}});
    CHECK(done_to(on, force, 11) == Json{{"outcome", "done"},
                                         {"status", "Pending"},
                                         {"attempts", 0},
                                         {"scheduled_at", "now"},
                                         {"started_at", nullptr},
                                         {"completed_at", nullptr},
                                         {"failed_at", nullptr}});
  }
}

TEST_CASE("retry recomputes what a job waits for, in rows and in the archive") {
  const std::string parents = "ARRAY['" + job_id(11) + "', '" + job_id(20) + "']::uuid[]";
  Administered on(fixture("dialect_c"),
                  "UPDATE hammerwork_jobs SET status = 'Dead', dependency_status = 'failed', depends_on = " + parents +
                      " WHERE id = '" + job_id(12) + "'");
  const Action retry = action_of(ActionKind::retry);
  CHECK(done_to(on, retry, 12)["dependency_status"] == "satisfied");  // one has completed here, one in the archive
  on.database().run(
      "UPDATE hammerwork_jobs SET status = 'Dead', dependency_status = 'waiting', depends_on = "
      "depends_on || '" +
      job_id(99) + "'::uuid WHERE id = '" + job_id(12) + "'");
  CHECK_FALSE(done_to(on, retry, 12).contains("dependency_status"));  // still waits: one parent is nowhere
  Administered a(fixture("dialect_a"),
                 "UPDATE hammerwork_jobs SET status = '\"Dead\"', dependency_status = 'failed', "
                 "depends_on = '[\"" +
                     job_id(6) + "\", \"no id\"]' WHERE id = '" + job_id(8) + "'");
  CHECK(done_to(a, retry, 8)["dependency_status"] == "satisfied");
}

TEST_CASE("retry of a job that 1.x archived takes it out of the archive") {
  Administered on(fixture("dialect_b"));
  Action force = action_of(ActionKind::retry);
  force.force = true;
  CHECK(done_to(on, force, 19) == Json{{"outcome", "done"},
                                       {"status", "Pending"},
                                       {"attempts", 0},
                                       {"scheduled_at", "now"},
                                       {"completed_at", nullptr},
                                       {"archived_at", nullptr},
                                       {"archival_reason", nullptr}});
  CHECK(on.rows("hammerwork_jobs_archive").size() == 2);
  CHECK_FALSE(on.rows("hammerwork_jobs_archive").contains(job_id(19)));
}

TEST_CASE("workers take what was retried, and nothing of what was cancelled") {
  for (const std::string dialect : {"dialect_a", "dialect_b", "dialect_c"}) {
    CAPTURE(dialect);
    Administered on(fixture(dialect),
                    "UPDATE hammerwork_jobs SET queue_name = 'mine' WHERE btrim(status, '\"') IN "
                    "('Dead', 'Failed', 'TimedOut')");
    CHECK(dequeued(on, dialect, "mine").empty());
    JobFilter mine;
    mine.queues = {"mine"};
    const Action retry = action_of(ActionKind::retry);
    const std::vector<Target> targets = on.plan_all(retry, mine);
    std::vector<std::string> expected, taken;
    for (const TargetReport& report : on.writes().apply(retry, targets, {}))
      if (report.outcome == Outcome::done) expected.push_back(report.id.raw());
    CHECK(expected.size() == (dialect == "dialect_a" ? 3 : 4));
    for (std::string id = dequeued(on, dialect, "mine"); !id.empty(); id = dequeued(on, dialect, "mine"))
      taken.push_back(id);
    std::ranges::sort(expected);
    std::ranges::sort(taken);
    CHECK(taken == expected);
    // A claimed row is another one than the plan saw.
    CHECK(text_of(on.apply(retry, targets.front())) == "changed: it changed after the plan was made");

    const Action cancel = action_of(ActionKind::cancel);
    for (const TargetReport& report : on.writes().apply(cancel, on.plan_all(cancel), {}))
      CHECK((report.outcome == Outcome::done || report.outcome == Outcome::skipped ||
             report.outcome == Outcome::already));
    CHECK(dequeued(on, dialect, "email").empty());
  }
}

TEST_CASE("move changes the queue of pending jobs and nothing else") {
  for (const std::string dialect : {"dialect_a", "dialect_c"}) {
    CAPTURE(dialect);
    Administered on(fixture(dialect));
    Action move = action_of(ActionKind::move);
    move.queue = "it's \"other\"";
    CHECK(on.writes().offer(move).warnings ==
          Words{"each queue has one handler: that of the other queue gets these jobs"});
    CHECK(done_to(on, move, 1) == Json{{"outcome", "done"}, {"queue_name", "it's \"other\""}});
    CHECK(done_to(on, move, 1) == Json{{"outcome", "already: it is in that queue"}});
    const int running = dialect == "dialect_a" ? 5 : 10;
    CHECK(done_to(on, move, running) == Json{{"outcome", "skipped: it is not pending"}});
    move.front = true;
    CHECK_FALSE(on.writes().offer(move).possible);
    CHECK(on.writes().offer(move).reason == "Hammerwork has no place in front of the other jobs");
    CHECK_THROWS_AS(on.plan(move, job_id(2)), Error);
  }
  Administered on(fixture("dialect_c"));
  Action move = action_of(ActionKind::move);
  move.queue = "other";
  CHECK(done_to(on, move, 0x16) ==
        Json{{"outcome",
              "skipped: it is encrypted together with the name of its queue, and could not be read in another"}});
}

TEST_CASE("queues are paused and resumed in the pause table") {
  Administered on(fixture("dialect_c"));
  CHECK(on.writes().offer_pause().possible);
  CHECK(text_of(on.writes().set_paused({"email", true, "too slow", "me@here (queuetrace)"})) == "done");
  CHECK(text_of(on.writes().set_paused({"email", true, "again", "other"})) == "already: it is paused");
  CHECK(on.database().ask("SELECT queue_name, paused_by, reason, paused_at > now() - interval '1 minute' FROM "
                          "hammerwork_queue_pause WHERE queue_name = 'email'") ==
        "email|me@here (queuetrace)|too slow|t");
  CHECK(dequeued(on, "dialect_c", "email").empty());
  CHECK(text_of(on.writes().set_paused({"email", false, "", "me"})) == "done");
  CHECK(text_of(on.writes().set_paused({"email", false, "", "me"})) == "already: it is not paused");
  CHECK(dequeued(on, "dialect_c", "email") == job_id(2));

  Administered without(fixture("dialect_a"));
  const ActionOffer offer = without.writes().offer_pause();
  CHECK_FALSE(offer.possible);
  CHECK(offer.reason == "hammerwork_queue_pause is missing (schema before 014), and no worker asks for it");
  CHECK(offer.nearest == "cargo hammerwork migration run");
  CHECK_THROWS_AS(without.writes().set_paused({"email", true, "", ""}), Error);
}

TEST_CASE("where both spellings are in one table no state is written") {
  Administered on(fixture("dialect_a"),
                  "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, "
                  "scheduled_at) VALUES ('" +
                      job_id(50) + "', 'q', '1', 'Dead', now(), now())");
  for (const ActionKind kind : {ActionKind::retry, ActionKind::cancel}) {
    const ActionOffer offer = on.writes().offer(action_of(kind));
    CHECK_FALSE(offer.possible);
    CHECK(offer.reason ==
          "the table holds states with quotes and without, so it is unclear which of them its workers look for");
    CHECK_THROWS_AS(on.plan_all(action_of(kind)), Error);
  }
  CHECK(text_of(on.act(action_of(ActionKind::erase), job_id(50))) == "done");
  // A row of the other spelling that comes later is left alone, too.
  on.open();
  on.database().run("UPDATE hammerwork_jobs SET status = 'Dead' WHERE id = '" + job_id(8) + "'");
  CHECK(text_of(on.act(action_of(ActionKind::retry), job_id(8))) ==
        "skipped: its state is stored without quotes, those of the other jobs with: it is unclear which its workers "
        "look for");
}

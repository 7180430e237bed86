// Backups of the sql engine: what comes back is what was there, in every column of every table, and never in the place
// of something else.
#include <doctest/doctest.h>

#include "model/error.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

namespace {

std::string fixture(const std::string& dialect) { return "../../systems/hammerwork/fixtures/" + dialect + "/load.sql"; }

std::string job_id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}

std::string where(int number) { return " WHERE id = '" + job_id(number) + "'"; }

/// Columns of an application beside the library's own, of every kind that is hard to keep, and a row full of them.
const std::string awkward =
    "CREATE TYPE mood AS ENUM ('good', 'so, so'); CREATE TYPE pair AS (a int, b text); ALTER TABLE hammerwork_jobs ADD "
    "\"Odd \"\"name\"\"\" text, ADD cost numeric, ADD ratio float8, ADD small float4, ADD seen timestamptz[], ADD note "
    "json, ADD blob bytea, ADD took interval, ADD span tstzrange, ADD feeling mood, ADD both_of pair, ADD words "
    "text[], "
    "ADD bits bit(5), ADD deep jsonb[], ADD flat jsonb; UPDATE hammerwork_jobs SET payload = 'null', result_data = "
    "'null', flat = NULL, \"Odd \"\"name\"\"\" = E'a\\tb\\n\\x01\\\\ \"q\" \\u2028 {:ids} $1', cost = "
    "'12345678901234567890.12345678901234567890', ratio = 'NaN', small = 0.1, seen = ARRAY['infinity', "
    "'2026-01-02 03:04:05.678901+05', NULL]::timestamptz[], note = '{\"b\" : 1,   \"a\":1.0,\"b\":2}', blob = "
    "'\\x00ff5c27', took = '1 mon -2 days 03:04:05.000001', span = '[2026-01-01,)', feeling = 'so, so', both_of = "
    "ROW(1, 'x,\"y\"'), words = ARRAY['', NULL, 'NULL', '{}', 'a\"b\\c'], bits = B'10110', deep = ARRAY['null'::jsonb, "
    "'{\"n\": 1e400}'], scheduled_at = '-infinity', depends_on = NULL WHERE id = '" +
    job_id(2) + "'";

std::string everything(const Administered& on, bool archive) {
  return on.digest("hammerwork_jobs") + (archive ? on.digest("hammerwork_jobs_archive") : "");
}

ErrorKind kind_of_restore(Administered& on, const std::string& content) {
  const BackupRecord record{Untrusted(job_id(1)), content};
  try {
    on.writes().restore({record}, false, {});
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("what was backed up, deleted and restored is what was there") {
  for (const std::string dialect : {"dialect_a", "dialect_b", "dialect_c"}) {
    CAPTURE(dialect);
    const bool archive = dialect != "dialect_a";
    Administered on(fixture(dialect), awkward);
    const std::string before = everything(on, archive);
    const Action erase = action_of(ActionKind::erase);
    const std::vector<Target> targets = on.plan_all(erase);
    const std::vector<BackupRecord> backup = on.writes().back_up(targets, {});
    REQUIRE(backup.size() == targets.size());
    std::size_t deleted = 0;
    for (const TargetReport& report : on.writes().apply(erase, targets, {})) deleted += report.outcome == Outcome::done;
    CHECK(deleted > targets.size() / 2);
    CHECK(everything(on, archive) != before);

    for (const bool dry_run : {true, false}) {
      std::size_t restored = 0;
      for (const TargetReport& report : on.writes().restore(backup, dry_run, {})) {
        CHECK((report.outcome == Outcome::done || report.outcome == Outcome::already));
        restored += report.outcome == Outcome::done;
      }
      CHECK(restored == deleted);
      CHECK((everything(on, archive) == before) == !dry_run);
    }
    for (const TargetReport& report : on.writes().restore(backup, false, {}))
      CHECK(text_of(report) == "already: it is there as it was");
    CHECK(everything(on, archive) == before);

    on.database().run("DELETE FROM hammerwork_jobs");
    if (archive) on.database().run("DELETE FROM hammerwork_jobs_archive");
    for (const TargetReport& report : on.writes().restore(backup, false, {})) CHECK(text_of(report) == "done");
    CHECK(everything(on, archive) == before);
  }
}

TEST_CASE("nothing is put in the place of something else") {
  Administered on(fixture("dialect_c"));
  const Action erase = action_of(ActionKind::erase);
  const Target dead = on.plan(erase, job_id(14));
  const Target archived = on.plan(erase, job_id(21));
  const std::vector<Target> targets{dead, archived};
  const std::vector<BackupRecord> backup = on.writes().back_up(targets, {});
  REQUIRE(backup.size() == 2);
  const std::string other = "another job is there under its id, or it has changed since";

  on.database().run("UPDATE hammerwork_jobs SET priority = 9" + where(14));
  CHECK(text_of(on.writes().restore(backup, false, {})[0]) == "skipped: " + other);
  CHECK(on.rows("hammerwork_jobs")[job_id(14)]["priority"] == 9);
  // The library brought the archived job back: a copy in the archive would be a second one.
  on.database().run("DELETE FROM hammerwork_jobs_archive" + where(21) +
                    "; INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at) VALUES "
                    "('" +
                    job_id(21) + "', 'email', '1', 'Pending', now(), now())");
  CHECK(text_of(on.writes().restore(backup, false, {})[1]) == "skipped: " + other);
  CHECK_FALSE(on.rows("hammerwork_jobs_archive").contains(job_id(21)));
  // Another job holds what must be unique.
  on.database().run("DELETE FROM hammerwork_jobs" + where(14) +
                    "; CREATE UNIQUE INDEX ON hammerwork_jobs (created_at); UPDATE hammerwork_jobs SET created_at = "
                    "'2026-01-02 03:14:00Z'" +
                    where(1));
  CHECK(text_of(on.writes().restore(backup, false, {})[0]) ==
        "skipped: another row is in its place, or holds what must be unique");
}

TEST_CASE("a job that changed is not in the backup, and its archive copy goes with it") {
  Administered on(fixture("dialect_b"));
  const Action erase = action_of(ActionKind::erase);
  const Target changed = on.plan(erase, job_id(12));
  const Target archived = on.plan(erase, job_id(19));
  on.database().run("UPDATE hammerwork_jobs SET error_message = 'other'" + where(12));
  const std::vector<Target> targets{changed, archived};
  const std::vector<BackupRecord> backup = on.writes().back_up(targets, {});
  REQUIRE(backup.size() == 1);
  CHECK(backup.front().id.raw() == job_id(19));
  const Json content = Json::parse(backup.front().content);
  REQUIRE(content["rows"].size() == 2);
  CHECK(content["rows"][0]["table"] == "hammerwork_jobs");
  CHECK(content["rows"][0]["columns"]["payload"] == "null");
  CHECK(content["rows"][0]["columns"]["trace_id"].is_null());
  CHECK(content["rows"][1]["table"] == "hammerwork_jobs_archive");
  const std::string before = everything(on, true);
  CHECK(text_of(on.apply(erase, archived)) == "done");
  CHECK_FALSE(on.rows("hammerwork_jobs_archive").contains(job_id(19)));
  // Where only one of its rows can come back, none does.
  on.database().run("ALTER TABLE hammerwork_jobs_archive ADD CHECK (id <> '" + job_id(19) + "')");
  const TargetReport failed = on.writes().restore(backup, false, {}).front();
  CHECK(failed.outcome == Outcome::failed);
  CHECK(failed.cause.raw().find("violates check constraint") != std::string::npos);
  CHECK_FALSE(on.rows("hammerwork_jobs").contains(job_id(19)));
  on.database().run("ALTER TABLE hammerwork_jobs_archive DROP CONSTRAINT hammerwork_jobs_archive_id_check");
  CHECK(text_of(on.writes().restore(backup, false, {}).front()) == "done");
  CHECK(everything(on, true) == before);
}

TEST_CASE("a backup of another system, or a forged one, changes nothing") {
  Administered on(fixture("dialect_c"), "DELETE FROM hammerwork_jobs" + where(1));
  const std::string before = everything(on, true);
  for (const std::string content :
       {"", "{}", "[]", "{\"rows\": []}", "{\"rows\": [1]}", "{\"rows\": [{\"table\": \"hammerwork_jobs\"}]}",
        "{\"rows\": [{\"table\": \"pg_authid\", \"columns\": {\"rolname\": \"x\"}}]}",
        "{\"rows\": [{\"table\": \"hammerwork_queue_pause\", \"columns\": {\"queue_name\": \"x\"}}]}",
        "{\"rows\": [{\"table\": \"hammerwork_jobs\", \"columns\": {\"id\": 1}}]}"}) {
    CAPTURE(content);
    CHECK(kind_of_restore(on, content) == ErrorKind::usage);
  }
  const BackupRecord forged{Untrusted(job_id(1)),
                            "{\"rows\": [{\"table\": \"hammerwork_jobs\", \"columns\": {\"id\": "
                            "\"x\", \"id) SELECT 1; --\": \"1\"}}]}"};
  const TargetReport report = on.writes().restore({forged}, false, {}).front();
  CHECK(report.outcome == Outcome::failed);
  CHECK(report.reason == "hammerwork_jobs has lost a column that the backup holds");
  CHECK(everything(on, true) == before);
}

TEST_CASE("columns that came after the backup keep their defaults, columns that went are told") {
  Administered on(fixture("dialect_c"), awkward);
  const Action erase = action_of(ActionKind::erase);
  const Target target = on.plan(erase, job_id(14));
  const std::vector<BackupRecord> backup = on.writes().back_up(std::span(&target, 1), {});
  CHECK(text_of(on.apply(erase, target)) == "done");
  on.database().run("ALTER TABLE hammerwork_jobs ADD grade int DEFAULT 7, DROP took");  // NULL in this row
  on.open();
  CHECK(text_of(on.writes().restore(backup, false, {}).front()) == "done");
  CHECK(on.database().ask("SELECT grade, status FROM hammerwork_jobs" + where(14)) == "7|TimedOut");
}

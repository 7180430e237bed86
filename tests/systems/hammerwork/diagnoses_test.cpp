// Every rule that `doctor` has for Hammerwork, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "tests/support/held_table.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Columns = std::map<std::string, std::string>;

/// Healthy jobs have the numbers 1 to 9, those of the cases 10 and more.
std::string id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08d-0000-4000-8000-%012d", number, number);
  return text;
}

std::string job(int number, const Columns& given) {
  return insert("hammerwork_jobs",
                {{"id", "'" + id(number) + "'"},
                 {"queue_name", "'mail'"},
                 {"payload", "'{}'"},
                 {"status", "'Pending'"},
                 {"created_at", "now() - interval '5 minutes'"},
                 {"scheduled_at", "now() - interval '5 minutes'"}},
                given);
}

/// A job that waits for others. The type of depends_on is that of the table: both read `{a,b}` or `["a","b"]`.
std::string waiting(int number, const std::vector<int>& parents, bool json = false) {
  std::string list;
  for (const int parent : parents) list += (list.empty() ? "" : ",") + (json ? '"' + id(parent) + '"' : id(parent));
  return job(number, {{"status", json ? "'\"Pending\"'" : "'Pending'"},
                      {"dependency_status", "'waiting'"},
                      {"depends_on", json ? "'[" + list + "]'" : "'{" + list + "}'"}});
}

const Columns completed{{"status", "'Completed'"}, {"completed_at", "now()"}, {"started_at", "now()"}};
const Columns dead{{"status", "'Dead'"}, {"failed_at", "now()"}, {"attempts", "3"}};

std::string healthy_with_arrays(const std::string& lease) {
  Columns running{{"status", "'Running'"}, {"started_at", "now() - interval '1 minute'"}};
  if (!lease.empty()) running["lease_expires_at"] = lease;
  return "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive, hammerwork_queue_pause;\n" + job(1, {}) + job(2, running) +
         job(3, completed) + waiting(4, {2, 3}) +
         job(5, {{"recurring", "true"},
                 {"cron_schedule", "'0 0 9 * * *'"},
                 {"next_run_at", "now() + interval '1 hour'"},
                 {"scheduled_at", "now() + interval '1 hour'"}}) +
         job(6, dead) + job(7, {{"queue_name", "'held'"}}) +
         "INSERT INTO hammerwork_queue_pause (queue_name, paused_at) VALUES ('held', now());\n" +
         insert("hammerwork_jobs_archive",
                {{"id", "'" + id(8) + "'"},
                 {"queue_name", "'mail'"},
                 {"payload", "'\\x7b7d'"},
                 {"status", "'Completed'"},
                 {"created_at", "now()"},
                 {"scheduled_at", "now()"}},
                {});
}

std::string healthy_with_quotes() {
  return "DELETE FROM hammerwork_jobs;\n" + job(1, {{"status", "'\"Pending\"'"}}) +
         job(2, {{"status", "'\"Running\"'"}, {"started_at", "now()"}}) +
         job(3, {{"status", "'\"Completed\"'"}, {"completed_at", "now()"}}) + waiting(4, {2, 3}, true);
}

const HealthyDatabases healthy{
    {"dialect_a", {healthy_with_quotes(), {"clear-payloads", "half-migrated", "no-queue-pause"}}},
    {"dialect_b", {healthy_with_arrays(""), {"clear-payloads"}}},
    {"dialect_c", {healthy_with_arrays("now() + interval '1 minute'")}}};

const std::string a = "dialect_a", b = "dialect_b", c = "dialect_c";
const std::string two_hours_ago = "now() - interval '2 hours'";

const std::vector<DiagnosisCase> cases{
    {"no-trace-columns", c, "ALTER TABLE hammerwork_jobs DROP COLUMN trace_id;", {}, {}, {"migration-record"}},
    {"no-queue-pause", c, "DROP TABLE hammerwork_queue_pause;", {}, {}},
    {"half-migrated", a, "", {}, {}},
    {"migration-record",
     c,
     "DELETE FROM hammerwork_migrations WHERE migration_id LIKE '018%';",
     1,
     {"018_add_job_retry_strategy"}},
    {"clear-payloads", b, "", {}, {}},

    {"quoted-state",
     c,
     job(10, {{"status", "'\"Pending\"'"}}) + job(11, {{"status", "'\"Retrying\"'"}}),
     2,
     {id(10), id(11)}},
    {"quoted-state", b, job(10, {{"status", "'\"Pending\"'"}}), 1, {id(10)}},
    {"quoted-ended", c, job(10, {{"status", "'\"Dead\"'"}, {"failed_at", "now()"}}), 1, {id(10)}},
    {"mixed-states", a, job(10, {}), 2, {id(1), id(4)}},
    {"unknown-state", c, job(10, {{"status", "'pending'"}}), 1, {id(10)}},
    {"retrying-state", c, job(10, {{"status", "'Retrying'"}}), 1, {id(10)}},
    {"dependency-unknown", c, job(10, {{"dependency_status", "NULL"}, {"depends_on", "NULL"}}), 1, {id(10)}},
    {"dependency-failed",
     c,
     job(10, {{"dependency_status", "'failed'"}, {"depends_on", "'{" + id(6) + "}'"}}),
     1,
     {id(10)}},

    {"parents-done", c, waiting(10, {3}) + waiting(11, {3, 8}) + waiting(12, {}), 3, {id(10), id(11), id(12)}},
    {"parents-done", a, waiting(10, {3}, true), 1, {id(10)}},
    {"parents-done", b, waiting(10, {3}), 1, {id(10)}},
    {"parent-ended", c, waiting(10, {3, 6}), 1, {id(10)}},
    {"parent-ended",
     a,
     job(9, {{"status", "'\"Dead\"'"}, {"failed_at", "now()"}}) + waiting(10, {9}, true),
     1,
     {id(10)}},
    {"parent-missing", c, waiting(10, {3, 99}), 1, {id(10)}, {"parent-not-found"}},
    {"parent-missing", a, waiting(10, {99}, true), 1, {id(10)}, {"parent-not-found"}},
    {"dependency-cycle",
     c,
     waiting(10, {11}) + waiting(11, {12}) + waiting(12, {10}) + waiting(13, {12}),
     3,
     {id(10), id(11), id(12)}},
    {"dependency-cycle", a, waiting(10, {10}, true), 1, {id(10)}},
    {"parent-twice", b, waiting(10, {2, 2}), 1, {id(10)}},

    {"stale-running",
     c,
     job(10, {{"status", "'Running'"}, {"started_at", two_hours_ago}, {"lease_expires_at", two_hours_ago}}),
     1,
     {id(10)}},
    {"stale-running",
     b,
     job(10, {{"status", "'Running'"}, {"started_at", two_hours_ago}, {"timeout_seconds", "60"}}) +
         job(11, {{"status", "'Running'"}, {"started_at", "now() - interval '25 hours'"}}) +
         job(12, {{"status", "'Running'"}, {"started_at", "now() - interval '23 hours'"}}),
     2,
     {id(10), id(11)}},
    {"running-without-lease", c, job(10, {{"status", "'Running'"}, {"started_at", "now()"}}), 1, {id(10)}},
    {"overdue", c, job(10, {{"scheduled_at", two_hours_ago}}), 1, {id(10)}},
    {"overdue", a, job(10, {{"status", "'\"Pending\"'"}, {"scheduled_at", two_hours_ago}}), 1, {id(10)}},
    {"overdue",
     c,
     "DROP TABLE hammerwork_queue_pause;" + job(10, {{"scheduled_at", two_hours_ago}}),
     1,
     {id(10)},
     {"no-queue-pause"}},
    {"paused-queue", c, "UPDATE hammerwork_queue_pause SET paused_at = " + two_hours_ago + ";", 1, {"held"}},
    {"far-future", c, job(10, {{"scheduled_at", "'infinity'"}}), 1, {id(10)}},
    {"odd-priority", c, job(10, {{"priority", "7"}}), 1, {id(10)}},

    {"recurring-ended",
     c,
     job(10, dead) + job(11, dead) + "UPDATE hammerwork_jobs SET recurring = true WHERE id = '" + id(11) + "';",
     1,
     {id(11)}},
    {"recurring-overdue", c, job(10, {{"recurring", "true"}, {"next_run_at", two_hours_ago}}), 1, {id(10)}},
    {"disabled-cron", c, job(10, {{"cron_schedule", "'0 0 9 * * *'"}}), 1, {id(10)}},

    {"dead-without-time", c, job(10, {{"status", "'Dead'"}}), 1, {id(10)}},
    {"archived-but-live", c, "UPDATE hammerwork_jobs SET archived_at = now() WHERE id = '" + id(3) + "';", 1, {id(3)}},
    {"unusable-trace-id",
     c,
     job(10, {{"trace_id", "''"}}) + job(11, {{"trace_id", "'00000000000000000000000000000000'"}}) +
         job(12, {{"trace_id", "'0af7651916cd43dd8448eb211c80319c'"}}),
     2,
     {id(10), id(11)}},
    {"future-times", c, job(10, {{"created_at", "now() + interval '1 hour'"}}), 1, {id(10)}},

    // The engine's own.
    {"missing-index", c, "DROP INDEX idx_hammerwork_jobs_trace_id;", {}, {}},
    {"parent-not-found", c, job(10, {{"parent_span_id", "'" + id(99) + "'"}}), 1, {id(10)}},
    {"low-trace-coverage",
     c,
     "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, completed_at) SELECT "
     "('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bulk', '{}', 'Completed', now(), now(), now() "
     "FROM generate_series(1, 25) n;",
     25,
     {"bulk"}},
};

}  // namespace

TEST_CASE("doctor on Hammerwork") { check_diagnoses(hammerwork::system, healthy, cases); }

TEST_CASE("doctor counts up to ten thousand, and finds what is rare beside what is common") {
  const PostgresDatabase database;
  database.run(
      tables_of(c) + healthy.at(c).rows +
      "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at) SELECT "
      "('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bulk', '{}', '\"Pending\"', now(), now() "
      "FROM generate_series(1, 10005) n;" +
      job(10, {{"status", "'done'"}}));
  const std::vector<Finding> findings = diagnose(database, hammerwork::system);
  const auto quoted = std::ranges::find(findings, "quoted-state", &Finding::code);
  REQUIRE(quoted != findings.end());
  CHECK(quoted->count->value == 10'000);
  CHECK(quoted->count->exactness == Exactness::at_least);
  CHECK(quoted->samples.size() == 3);
  const auto unknown = std::ranges::find(findings, "unknown-state", &Finding::code);
  REQUIRE(unknown != findings.end());
  CHECK(unknown->count->value == 1);
  CHECK(unknown->count->exactness == Exactness::exact);
  CHECK(unknown->samples.front().raw() == id(10));
}

TEST_CASE("doctor says what it could not look at in time") {
  const PostgresDatabase database("fixtures/dialect_c/load.sql");
  const SqlSystem* systems[] = {&hammerwork::system};
  const Source source = database.source();
  const std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connect_postgres(source), source, systems);
  const HeldTable held(database, "hammerwork_queue_pause");
  ReadLimits limits;
  limits.statement_timeout = std::chrono::seconds(3);
  const std::vector<Finding> findings = stores.front()->diagnose(limits);
  std::map<std::string, bool> unanswered;
  for (const Finding& finding : findings) unanswered[finding.code] = finding.unanswered;
  CHECK(unanswered.at("overdue"));
  CHECK(unanswered.at("paused-queue"));
  CHECK_FALSE(unanswered.at("quoted-state"));
  CHECK_FALSE(unanswered.at("unknown-state"));
}

// Every rule that `doctor` has for Procrastinate, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/procrastinate/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Columns = std::map<std::string, std::string>;

const std::string context =
    "'{\"trace_context\": {\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}}'";

/// A job as the library makes it, through the states `way` leads: the triggers of the fixture record its events.
/// Healthy jobs have the numbers 1 to 9, those of the cases 10 and more.
std::string job(int number, const std::vector<std::string>& way = {}, const Columns& given = {},
                const std::string& at_last = "") {
  const std::string id = std::to_string(number);
  std::string sql =
      insert("procrastinate_jobs",
             {{"id", id}, {"queue_name", "'mail'"}, {"task_name", "'app.send'"}, {"args", context}}, given);
  for (const std::string& state : way)
    sql += "UPDATE procrastinate_jobs SET status = '" + state + "' WHERE id = " + id + ";";
  if (!at_last.empty()) sql += "UPDATE procrastinate_jobs SET " + at_last + " WHERE id = " + id + ";";
  return sql;
}

/// As if everything about the job had happened so long before.
std::string before(int number, const std::string& interval) {
  return "UPDATE procrastinate_events SET at = at - interval '" + interval +
         "' WHERE job_id = " + std::to_string(number) + ";";
}

const std::string index = "CREATE INDEX ON procrastinate_jobs (substr(args #>> '{trace_context,traceparent}', 4, 32));";
const std::string replaced = "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers;";

const std::string with_workers =
    replaced +
    "DELETE FROM procrastinate_workers; INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING "
    "SYSTEM VALUE VALUES (1, now());" +
    job(1) + job(2, {"doing"}, {{"lock", "'a'"}}, "worker_id = 1") + job(3, {"doing", "succeeded"}) +
    job(4, {"doing", "failed"}) + job(5, {}, {{"lock", "'a'"}}) +
    job(6, {}, {{"scheduled_at", "now() + interval '1 day'"}}) + job(7, {"cancelled"});

const HealthyDatabases healthy{
    {"s34", {with_workers, {}, index}},
    {"s27", {replaced + job(1) + job(2, {"doing"}) + job(3, {"doing", "succeeded"}), {"no-heartbeats"}, index}}};

const std::string s34 = "s34";
const std::string two_minutes = "now() - interval '2 minutes'", two_hours = "now() - interval '2 hours'";

std::string worker(int number, const std::string& heartbeat) {
  return "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE VALUES (" +
         std::to_string(number) + ", " + heartbeat + ");";
}

const std::vector<DiagnosisCase> cases{
    {"half-migrated",
     s34,
     "ALTER TABLE procrastinate_jobs DROP CONSTRAINT check_not_todo_abort_requested;",
     1,
     {"procrastinate_jobs"}},
    {"post-migration-missing",
     s34,
     "ALTER FUNCTION procrastinate_trigger_status_events_procedure_update_v1 RENAME TO another;",
     1,
     {"procrastinate_jobs"}},
    {"no-heartbeats", "s27", "", {}, {}},
    {"events-not-recorded",
     s34,
     "ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_trigger_status_events_update_v1;",
     1,
     {"procrastinate_jobs"}},
    {"no-worker-key",
     s34,
     "ALTER TABLE procrastinate_jobs DROP CONSTRAINT procrastinate_jobs_worker_id_fkey;",
     1,
     {"procrastinate_jobs"}},
    {"other-installations",
     s34,
     "CREATE SCHEMA other; CREATE TABLE other.procrastinate_jobs (id int); CREATE TABLE other.procrastinate_events (id "
     "int);",
     1,
     {"other"}},

    {"no-live-worker",
     s34,
     "UPDATE procrastinate_workers SET last_heartbeat = " + two_minutes + ";",
     2,
     {"1", "5"},
     {"stalled", "lock-held-by-gone-worker"}},
    {"doing-without-worker", s34, job(10, {"doing"}), 1, {"10"}},
    {"doing-without-worker",
     s34,
     "ALTER TABLE procrastinate_jobs DROP CONSTRAINT procrastinate_jobs_worker_id_fkey;" +
         job(10, {"doing"}, {}, "worker_id = 99"),
     1,
     {"10"},
     {"no-worker-key"}},
    {"stalled", s34, worker(2, two_minutes) + job(10, {"doing"}, {}, "worker_id = 2"), 1, {"10"}},
    {"dead-workers", s34, worker(2, two_hours), 1, {"2"}},
    {"running-long", s34, job(10, {"doing"}, {}, "worker_id = 1") + before(10, "25 hours"), 1, {"10"}},
    {"running-long", "s27", job(10, {"doing"}) + before(10, "25 hours"), 1, {"10"}},
    {"abort-not-heeded",
     s34,
     job(10, {"doing"}, {}, "worker_id = 1, abort_requested = true") +
         "INSERT INTO procrastinate_events (job_id, type) VALUES (10, 'abort_requested');" + before(10, "11 minutes"),
     1,
     {"10"}},
    {"aborting-left-over", s34, job(10, {"doing", "aborting"}), 1, {"10"}},

    {"queueing-lock-taken",
     s34,
     job(10, {"doing"}, {{"queueing_lock", "'q'"}}, "worker_id = 1") + job(11, {}, {{"queueing_lock", "'q'"}}),
     1,
     {"10"}},
    {"lock-held-by-gone-worker",
     s34,
     job(10, {"doing"}, {{"lock", "'b'"}}) + job(11, {}, {{"lock", "'b'"}}),
     1,
     {"11"},
     {"doing-without-worker"}},
    {"lock-across-queues",
     s34,
     job(10, {}, {{"lock", "'b'"}}) + job(11, {}, {{"lock", "'b'"}, {"queue_name", "'other'"}}),
     2,
     {"10", "11"}},
    {"lock-held-by-later-job",
     s34,
     job(10, {}, {{"lock", "'b'"}, {"scheduled_at", "now() + interval '1 hour'"}}) + job(11, {}, {{"lock", "'b'"}}),
     1,
     {"11"}},
    {"overdue", s34, job(10) + before(10, "2 hours"), 1, {"10"}},
    {"overdue", "s27", job(10) + before(10, "2 hours"), 1, {"10"}},
    {"far-future", s34, job(10, {}, {{"scheduled_at", "'infinity'"}}), 1, {"10"}},

    {"abort-flag-kept", s34, job(10, {"doing", "failed"}, {}, "abort_requested = true"), 1, {"10"}},
    {"no-events", s34, job(10, {}, {{"status", "'succeeded'"}}), 1, {"10"}},

    // The engine's own.
    {"missing-trace-index", s34, "DROP INDEX procrastinate_jobs_substr_idx;", {}, {}},
};

}  // namespace

TEST_CASE("doctor on Procrastinate") { check_diagnoses(procrastinate::system, healthy, cases); }

// Every rule that `doctor` has for Solid Queue in SQLite, each with a change of a healthy file that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/solid_queue/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Now, moved by `change`, as the library writes times.
std::string time_text(const std::string& change = "-10 seconds") {
  return "strftime('%Y-%m-%d %H:%M:%f000', 'now', '" + change + "')";
}

std::string job(const std::string& id) {
  return insert(
      "solid_queue_jobs",
      {{"id", id},
       {"queue_name", "'email'"},
       {"class_name", "'K'"},
       {"arguments",
        "'{\"__otel_headers\":[[\"traceparent\",\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"]]}'"},
       {"active_job_id", "'a" + id + "'"},
       {"scheduled_at", time_text()},
       {"created_at", time_text()},
       {"updated_at", time_text()}},
      {});
}

/// A job and its row in one of the tables of executions.
std::string job_in(const std::string& table, const std::string& id, const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> usual{{"job_id", id}, {"created_at", time_text()}};
  if (table != "claimed") usual["queue_name"] = "'email'";
  return job(id) + insert("solid_queue_" + table + "_executions", usual, given);
}

std::string replaced() {
  std::string statements;
  for (const char* table : {"ready", "scheduled", "claimed", "failed", "blocked"})
    statements += "DELETE FROM solid_queue_" + std::string(table) + "_executions;";
  return statements + "DELETE FROM solid_queue_jobs; DELETE FROM solid_queue_pauses;";
}

const std::string healthy =
    replaced() + job_in("ready", "1", {}) + job_in("claimed", "2", {{"process_id", "1"}}) +
    job_in("scheduled", "3", {{"scheduled_at", time_text("+1 day")}}) +
    job_in("blocked", "4", {{"concurrency_key", "'k'"}, {"expires_at", time_text("+1 minute")}});

const std::vector<DiagnosisCase> cases{
    {"abandoned", "", job_in("claimed", "10", {{"process_id", "99"}}), 1, {"10"}},
    {"not-dispatched", "", job_in("scheduled", "10", {{"scheduled_at", time_text("-5 minutes")}}), 1, {"10"}},
    {"blocked-too-long",
     "",
     job_in("blocked", "10", {{"concurrency_key", "'k'"}, {"expires_at", time_text("-1 hour")}}),
     1,
     {"10"}},
    {"not-taken", "", job_in("ready", "10", {{"created_at", time_text("-2 hours")}}), 1, {"10"}},
    {"dead-process",
     "",
     "INSERT INTO solid_queue_processes (id, kind, last_heartbeat_at, pid, hostname, created_at, name) VALUES (9, "
     "'Worker', " +
         time_text("-1 hour") + ", 7, 'host-2', " + time_text("-1 hour") + ", 'worker-9');",
     1,
     {"host-2:7"}},
    {"no-execution",
     "",
     job("10") + "UPDATE solid_queue_jobs SET created_at = " + time_text("-1 hour") + " WHERE id = 10;",
     1,
     {"10"}},
};

}  // namespace

TEST_CASE("doctor: every rule for Solid Queue in SQLite") {
  check_sqlite_diagnoses(solid_queue::sqlite_system, "sqlite_v1_5", healthy, cases);
}

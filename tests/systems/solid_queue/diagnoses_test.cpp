// Every rule that `doctor` has for Solid Queue, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/solid_queue/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// `interval` before now, as the columns hold it.
std::string ago(const std::string& interval) { return "timezone('UTC', now()) - interval '" + interval + "'"; }

std::string job(const std::string& id) {
  return insert(
      "solid_queue_jobs",
      {{"id", id},
       {"queue_name", "'email'"},
       {"class_name", "'K'"},
       {"arguments",
        "'{\"__otel_headers\":[[\"traceparent\",\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"]]}'"},
       {"active_job_id", "'a" + id + "'"},
       {"scheduled_at", ago("10 seconds")},
       {"created_at", ago("10 seconds")},
       {"updated_at", ago("10 seconds")}},
      {});
}

/// A job and its row in one of the tables of executions.
std::string job_in(const std::string& table, const std::string& id, const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> usual{{"job_id", id}, {"created_at", ago("10 seconds")}};
  if (table != "claimed") usual["queue_name"] = "'email'";
  return job(id) + insert("solid_queue_" + table + "_executions", usual, given);
}

const HealthyDatabases healthy{
    {"v1_5",
     {.rows = "TRUNCATE solid_queue_jobs CASCADE; DELETE FROM solid_queue_pauses; DELETE FROM solid_queue_processes "
              "WHERE id > 1; UPDATE solid_queue_processes SET last_heartbeat_at = timezone('UTC', now());" +
              job_in("ready", "1", {}) + job_in("claimed", "2", {{"process_id", "1"}}) +
              job_in("scheduled", "3", {{"scheduled_at", ago("-1 day")}}) +
              job_in("blocked", "4", {{"concurrency_key", "'k'"}, {"expires_at", ago("-1 minute")}}),
      .indexes = "CREATE INDEX ON solid_queue_jobs (substring(arguments::text FROM '\"traceparent\"[ :,]+\"[0-9a-f]{2}-"
                 "([0-9a-f]{32})'));"}}};

const std::vector<DiagnosisCase> cases{
    {"abandoned", "v1_5", job_in("claimed", "10", {{"process_id", "99"}}), 1, {"10"}},
    {"not-dispatched", "v1_5", job_in("scheduled", "10", {{"scheduled_at", ago("5 minutes")}}), 1, {"10"}},
    {"blocked-too-long",
     "v1_5",
     job_in("blocked", "10", {{"concurrency_key", "'k'"}, {"expires_at", ago("1 hour")}}),
     1,
     {"10"}},
    {"not-taken", "v1_5", job_in("ready", "10", {{"created_at", ago("2 hours")}}), 1, {"10"}},
    {"paused-queue",
     "v1_5",
     "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('email', " + ago("2 hours") + "), ('empty', " +
         ago("2 hours") + ");",
     1,
     {"email"}},
    {"dead-process",
     "v1_5",
     "INSERT INTO solid_queue_processes (id, kind, last_heartbeat_at, pid, hostname, created_at, name) VALUES (9, "
     "'Worker', " +
         ago("1 hour") + ", 7, 'host-2', " + ago("1 hour") + ", 'worker-9');",
     1,
     {"host-2:7"}},
    {"no-execution",
     "v1_5",
     job("10") + "UPDATE solid_queue_jobs SET created_at = " + ago("1 hour") + " WHERE id = 10;",
     1,
     {"10"}},
};

}  // namespace

TEST_CASE("doctor: every rule for Solid Queue") { check_diagnoses(solid_queue::system, healthy, cases); }

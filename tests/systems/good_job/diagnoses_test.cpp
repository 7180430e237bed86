// Every rule that `doctor` has for GoodJob, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/good_job/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08d-0000-4000-8000-%012d", number, number);
  return text;
}

/// `interval` before now, as the columns hold it.
std::string ago(const std::string& interval) { return "timezone('UTC', now()) - interval '" + interval + "'"; }

std::string job(int number, const std::map<std::string, std::string>& given) {
  return insert(
      "good_jobs",
      {{"id", "'" + id(number) + "'"},
       {"active_job_id", "'" + id(number) + "'"},
       {"queue_name", "'email'"},
       {"job_class", "'K'"},
       {"serialized_params",
        "'{\"__otel_headers\": [[\"traceparent\", \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"]]}'"},
       {"scheduled_at", ago("10 seconds")},
       {"created_at", ago("10 seconds")},
       {"updated_at", ago("10 seconds")}},
      given);
}

const HealthyDatabases healthy{
    {"v4_19",
     {.rows = "TRUNCATE good_jobs, good_job_executions, good_job_batches, good_job_processes; INSERT INTO "
              "good_job_processes (id, created_at, updated_at, state) VALUES ('aaaaaaaa-0000-4000-8000-000000000001', "
              "timezone('UTC', now()), timezone('UTC', now()), '{\"hostname\": \"host-1\", \"pid\": 42}');" +
              job(1, {}) +
              job(2, {{"performed_at", ago("1 second")}, {"locked_by_id", "'aaaaaaaa-0000-4000-8000-000000000001'"}}),
      .indexes = "CREATE INDEX ON good_jobs (substr((jsonb_path_query_first(serialized_params, "
                 "'strict $.\"__otel_headers\"[*] ? (@[0] == \"traceparent\")[1]', '{}', true) #>> '{}'), 4, 32));"}}};

const std::vector<DiagnosisCase> cases{
    {"interrupted", "v4_19", job(10, {{"performed_at", ago("1 minute")}}), 1, {id(10)}},
    {"not-taken", "v4_19", job(10, {{"scheduled_at", ago("2 hours")}}), 1, {id(10)}},
    {"no-process",
     "v4_19",
     "DELETE FROM good_job_processes; DELETE FROM good_jobs WHERE performed_at IS NOT NULL;" +
         job(10, {{"scheduled_at", ago("5 minutes")}}),
     1,
     {"email"}},
    {"dead-process",
     "v4_19",
     "INSERT INTO good_job_processes (created_at, updated_at, state) VALUES (" + ago("1 hour") + ", " + ago("1 hour") +
         ", '{\"hostname\": \"host-2\", \"pid\": 7}');",
     1,
     {"host-2:7"}},
    {"batch-not-finished",
     "v4_19",
     "INSERT INTO good_job_batches (id, enqueued_at, created_at, updated_at) VALUES ('" + id(20) + "', " +
         ago("3 hours") + ", " + ago("3 hours") + ", " + ago("3 hours") + ");" +
         job(10, {{"batch_id", "'" + id(20) + "'"}, {"finished_at", ago("2 hours")}, {"performed_at", ago("2 hours")}}),
     1,
     {id(20)}},
};

}  // namespace

TEST_CASE("doctor: every rule for GoodJob") { check_diagnoses(good_job::system, healthy, cases); }

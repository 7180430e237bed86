// Every rule that `doctor` has for River, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/river/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string job(const std::string& id, const std::map<std::string, std::string>& given) {
  return insert("river_job",
                {{"id", id},
                 {"kind", "'k'"},
                 {"args", "'{}'"},
                 {"metadata", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"},
                 {"max_attempts", "25"},
                 {"queue", "'email'"},
                 {"state", "'available'"},
                 {"scheduled_at", "now() - interval '1 minute'"}},
                given);
}

const HealthyDatabases healthy{
    {"v8",
     {.rows = "TRUNCATE river_job; UPDATE river_queue SET paused_at = NULL;" + job("1", {}) +
              job("2", {{"state", "'running'"}, {"attempted_at", "now()"}}) +
              job("3", {{"state", "'scheduled'"}, {"scheduled_at", "now() + interval '1 day'"}}),
      .indexes = "CREATE INDEX ON river_job (substr((metadata ->> 'traceparent'), 4, 32));"}}};

const std::vector<DiagnosisCase> cases{
    {"stuck-running",
     "v8",
     job("10", {{"state", "'running'"}, {"attempted_at", "now() - interval '2 hours'"}}),
     1,
     {"10"}},
    {"not-promoted",
     "v8",
     job("10", {{"state", "'retryable'"}, {"scheduled_at", "now() - interval '5 minutes'"}}),
     1,
     {"10"}},
    {"cancel-unheard",
     "v8",
     job("10", {{"state", "'running'"},
                {"attempted_at", "now() - interval '10 minutes'"},
                {"metadata",
                 "jsonb_build_object('cancel_attempted_at', to_char((now() AT TIME ZONE 'UTC') - interval '5 "
                 "minutes', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))"}}),
     1,
     {"10"}},
    {"not-taken", "v8", job("10", {{"scheduled_at", "now() - interval '2 hours'"}}), 1, {"10"}},
    {"paused-queue",
     "v8",
     "UPDATE river_queue SET paused_at = now() - interval '2 hours' WHERE name = 'email';",
     1,
     {"email"}},
};

}  // namespace

TEST_CASE("doctor: every rule for River") { check_diagnoses(river::system, healthy, cases); }

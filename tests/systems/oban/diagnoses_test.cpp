// Every rule that `doctor` has for Oban, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/oban/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string job(const std::string& id, const std::map<std::string, std::string>& given) {
  return insert("oban_jobs",
                {{"id", id},
                 {"worker", "'k'"},
                 {"queue", "'email'"},
                 {"meta", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"},
                 {"state", "'available'"},
                 {"scheduled_at", "timezone('UTC', now()) - interval '1 minute'"}},
                given);
}

/// `ago` before now, as the columns hold it.
std::string ago(const std::string& interval) { return "timezone('UTC', now()) - interval '" + interval + "'"; }

const std::string healthy_rows = "TRUNCATE oban_jobs;" + job("1", {}) +
                                 job("2", {{"state", "'executing'"}, {"attempted_at", ago("1 second")}}) +
                                 job("3", {{"state", "'scheduled'"}, {"scheduled_at", ago("-1 day")}});

const std::string index = "CREATE INDEX ON oban_jobs (substr((meta ->> 'traceparent'), 4, 32));";

const HealthyDatabases healthy{{"v14", {.rows = healthy_rows, .indexes = index}},
                               {"python", {.rows = healthy_rows, .indexes = index}}};

const std::vector<DiagnosisCase> cases{
    {"orphaned", "v14", job("10", {{"state", "'executing'"}, {"attempted_at", ago("2 hours")}}), 1, {"10"}},
    {"orphaned", "python", job("10", {{"state", "'executing'"}, {"attempted_at", ago("2 hours")}}), 1, {"10"}},
    {"not-staged", "v14", job("10", {{"state", "'retryable'"}, {"scheduled_at", ago("5 minutes")}}), 1, {"10"}},
    {"spent", "v14", job("10", {{"attempt", "20"}, {"max_attempts", "20"}}), 1, {"10"}},
    {"not-taken", "v14", job("10", {{"scheduled_at", ago("2 hours")}}), 1, {"10"}},
};

}  // namespace

TEST_CASE("doctor: every rule for Oban") { check_diagnoses(oban::system, healthy, cases); }

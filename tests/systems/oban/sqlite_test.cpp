// Every rule that `doctor` has for Oban's Lite engine, each with a change of a healthy file that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/oban/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Now, moved by `change`, as the library writes times.
std::string time_text(const std::string& change = "+0 seconds") {
  return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '" + change + "')";
}

std::string job(const std::string& id, const std::map<std::string, std::string>& given) {
  return insert("oban_jobs",
                {{"id", id},
                 {"worker", "'k'"},
                 {"queue", "'email'"},
                 {"meta", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"},
                 {"state", "'available'"},
                 {"inserted_at", time_text("-1 minute")},
                 {"scheduled_at", time_text("-1 minute")}},
                given);
}

const std::string healthy = "DELETE FROM oban_jobs;" + job("1", {}) +
                            job("2", {{"state", "'executing'"}, {"attempted_at", time_text()}}) +
                            job("3", {{"state", "'scheduled'"}, {"scheduled_at", time_text("+1 day")}});

const std::vector<DiagnosisCase> cases{
    {"orphaned", "", job("10", {{"state", "'executing'"}, {"attempted_at", time_text("-2 hours")}}), 1, {"10"}},
    {"not-staged", "", job("10", {{"state", "'retryable'"}, {"scheduled_at", time_text("-5 minutes")}}), 1, {"10"}},
    {"spent", "", job("10", {{"attempt", "20"}, {"max_attempts", "20"}}), 1, {"10"}},
    {"not-taken", "", job("10", {{"scheduled_at", time_text("-2 hours")}}), 1, {"10"}},
};

}  // namespace

TEST_CASE("doctor: every rule for Oban in SQLite") {
  check_sqlite_diagnoses(oban::sqlite_system, "sqlite_lite", healthy, cases);
}

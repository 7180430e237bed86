// Every rule that `doctor` has for Graphile Worker, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/graphile_worker/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string job(const std::string& table, const std::string& id, std::map<std::string, std::string> given) {
  const std::string statement =
      insert("graphile_worker." + table,
             {{"id", id},
              {"payload", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"},
              {"run_at", "now() - interval '1 minute'"},
              {table == "jobs" ? "task_identifier" : "task_id", table == "jobs" ? "'t'" : "1"}},
             given);
  const std::size_t values = statement.find(" VALUES ");
  REQUIRE(values != std::string::npos);
  return statement.substr(0, values) + " OVERRIDING SYSTEM VALUE" + statement.substr(values);
}

HealthyDatabase healthy_in(const std::string& table) {
  return {.rows = "TRUNCATE graphile_worker." + table + ";" + job(table, "1", {}) +
                  job(table, "2", {{"locked_at", "now()"}, {"locked_by", "'w'"}, {"attempts", "1"}}) +
                  job(table, "3", {{"run_at", "now() + interval '1 day'"}}),
          .indexes = "CREATE INDEX ON graphile_worker." + table +
                     " (substring(payload::text FROM '\"traceparent\"[ :,]+\"[0-9a-f]{2}-([0-9a-f]{32})'));"};
}

std::vector<DiagnosisCase> cases_in(const std::string& variant, const std::string& table) {
  return {{"locked-too-long",
           variant,
           job(table, "10", {{"locked_at", "now() - interval '5 hours'"}, {"locked_by", "'w'"}, {"attempts", "1"}}),
           1,
           {"10"}},
          {"not-taken", variant, job(table, "10", {{"run_at", "now() - interval '2 hours'"}}), 1, {"10"}},
          {"failed-for-good", variant, job(table, "10", {{"attempts", "25"}, {"last_error", "'no'"}}), 1, {"10"}}};
}

}  // namespace

TEST_CASE("doctor: every rule for Graphile Worker") {
  check_diagnoses(graphile_worker::system, {{"v0_18", healthy_in("_private_jobs")}},
                  cases_in("v0_18", "_private_jobs"));
  check_diagnoses(graphile_worker::early_system, {{"v0_13", healthy_in("jobs")}}, cases_in("v0_13", "jobs"));
}

// Every rule that `doctor` has for pg-boss, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/pg_boss/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08d-0000-4000-8000-%012d", number, number);
  return text;
}

/// The columns of 9 have no underscores.
std::string column(const std::string& variant, std::string name) {
  if (variant == "v9") std::erase(name, '_');
  return name;
}

std::string job(const std::string& variant, int number, const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> columns{
      {"id", "'" + id(number) + "'"},
      {"name", "'email'"},
      {"data", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"},
      {column(variant, "start_after"), "now() - interval '1 minute'"}};
  std::map<std::string, std::string> own;
  for (const auto& [name, value] : given) own[column(variant, name)] = value;
  return insert("pgboss.job", columns, own);
}

HealthyDatabase healthy_in(const std::string& variant) {
  return {.rows = "DELETE FROM pgboss.job;" +
                  std::string(variant == "v12" ? "DELETE FROM pgboss.job_dependency;" : "DELETE FROM pgboss.archive;") +
                  job(variant, 1, {}) + job(variant, 2, {{"state", "'active'"}, {"started_on", "now()"}}) +
                  job(variant, 3, {{"start_after", "now() + interval '1 day'"}}),
          .codes = {},
          .indexes =
              "SET CONSTRAINTS ALL IMMEDIATE; CREATE INDEX ON pgboss.job (substr((data ->> 'traceparent'), 4, 32));"};
}

std::vector<DiagnosisCase> cases_in(const std::string& variant) {
  return {{"not-expired",
           variant,
           job(variant, 10, {{"state", "'active'"}, {"started_on", "now() - interval '2 hours'"}}),
           1,
           {id(10)}},
          {"not-taken", variant, job(variant, 10, {{"start_after", "now() - interval '2 hours'"}}), 1, {id(10)}}};
}

}  // namespace

TEST_CASE("doctor: every rule for pg-boss") {
  std::vector<DiagnosisCase> cases = cases_in("v12");
  for (const DiagnosisCase& one : cases_in("v10")) cases.push_back(one);
  cases.push_back({"blocked-for-good",
                   "v12",
                   job("v12", 10, {{"blocked", "true"}, {"pending_dependencies", "1"}}) +
                       job("v12", 11, {{"state", "'failed'"}, {"started_on", "now()"}, {"completed_on", "now()"}}) +
                       "INSERT INTO pgboss.job_dependency VALUES ('email', '" + id(10) + "', 'email', '" + id(11) +
                       "');",
                   1,
                   {id(10)}});
  check_diagnoses(pg_boss::system, {{"v12", healthy_in("v12")}, {"v10", healthy_in("v10")}}, cases);
  check_diagnoses(pg_boss::early_system, {{"v9", healthy_in("v9")}}, cases_in("v9"));
}

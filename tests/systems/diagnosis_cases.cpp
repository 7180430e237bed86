#include "tests/systems/diagnosis_cases.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "backends/diagnosis.hpp"
#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/sqlite_file.hpp"

namespace queuetrace::test {
namespace {

using Words = std::vector<std::string>;

/// As old as nothing in a case is.
constexpr std::chrono::hours longer_than_any(24 * 365 * 20);

Words sorted(Words words) {
  std::ranges::sort(words);
  return words;
}

Words codes_of(const std::vector<Finding>& findings) {
  static const std::regex left_over(R"(\{[=~]?[a-z_]+\})");  // what must have been filled in
  Words codes;
  for (const Finding& finding : findings) {
    INFO(finding.code, ": ", finding.text);
    CHECK_FALSE(finding.unanswered);
    CHECK(finding.severity != Finding::Severity::good);
    for (const std::string& text : {finding.text, finding.remedy})
      CHECK_MESSAGE(!std::regex_search(text, left_over), text);
    codes.push_back(finding.code);
  }
  return sorted(std::move(codes));
}

Words words_of(const std::vector<Untrusted>& texts) {
  Words words;
  for (const Untrusted& text : texts) words.push_back(text.raw());
  return words;
}

}  // namespace

std::string tables_of(const std::string& variant) {
  std::ifstream file("fixtures/" + variant + "/load.sql");
  REQUIRE(file);
  return "SET client_min_messages = warning; DO $$ DECLARE name text; BEGIN FOR name IN SELECT nspname FROM "
         "pg_namespace "
         "WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I "
         "CASCADE', name); END LOOP; END $$; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;" +
         std::string{std::istreambuf_iterator<char>(file), {}};
}

/// Whether the rules of this code depend on how long something has been due.
bool is_for_age(const SqlSystem& system, const std::string& code) {
  return std::ranges::any_of(system.diagnoses, [&](const SqlDiagnosisRule& rule) {
    return rule.code == code && rule.text.find("{~alert_age}") != std::string_view::npos;
  });
}

std::vector<Finding> diagnose(const PostgresDatabase& database, const SqlSystem& system, const std::string& user,
                              Milliseconds alert_age) {
  const SqlSystem* systems[] = {&system};
  Source source = database.source(user);
  source.alert_age = alert_age;
  const std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connect_postgres(source), source, systems);
  REQUIRE(stores.size() == 1);
  return diagnose_store(*stores.front(), {});
}

void check_diagnoses(const SqlSystem& system, const HealthyDatabases& healthy, std::span<const DiagnosisCase> cases) {
  const PostgresDatabase server;
  std::string loaded;  // the variant whose tables are there and unchanged
  const auto prepare = [&](const std::string& variant, const std::string& change) {
    const HealthyDatabase& database = healthy.at(variant);
    server.run((variant == loaded ? "" : tables_of(variant) + database.indexes) + database.rows + change);
    const bool of_rows = change.find("ALTER ") == std::string::npos && change.find("DROP ") == std::string::npos &&
                         change.find("CREATE ") == std::string::npos;
    loaded = of_rows ? variant : "";
  };
  for (const auto& [variant, database] : healthy) {
    INFO("healthy ", variant);
    prepare(variant, "");
    CHECK(codes_of(diagnose(server, system)) == sorted(database.codes));
  }
  for (const DiagnosisCase& one : cases) {
    INFO(one.code, " in ", one.variant, ": ", one.change);
    const HealthyDatabase& database = healthy.at(one.variant);
    prepare(one.variant, one.change);
    const std::vector<Finding> findings = diagnose(server, system, one.user);
    std::set<std::string> expected(database.codes.begin(), database.codes.end());
    expected.insert(one.code);
    expected.insert(one.also.begin(), one.also.end());
    Words found = codes_of(findings);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    INFO("found ", fmt::format("{}", fmt::join(found, " ")));
    CHECK(found == Words(expected.begin(), expected.end()));
    const auto finding = std::ranges::find(findings, one.code, &Finding::code);
    if (finding == findings.end()) continue;  // told above
    CHECK(finding->count.has_value() == one.count.has_value());
    if (finding->count && one.count) {
      CHECK(finding->count->value == *one.count);
      CHECK(finding->count->exactness == Exactness::exact);
    }
    Words names = words_of(finding->samples);
    for (std::string& name : words_of(finding->names)) names.push_back(std::move(name));
    CHECK(names == one.named);
    if (!is_for_age(system, one.code)) continue;
    CHECK(finding->text.find(" 1h") != std::string::npos);
    const Words later = codes_of(diagnose(server, system, one.user, longer_than_any));
    CHECK(std::ranges::find(later, one.code) == later.end());
  }
  std::map<std::string, int> rules, tried;
  for (const SqlDiagnosisRule& rule : system.diagnoses)
    if (rule.in_doctor) ++rules[std::string(rule.code)];
  for (const DiagnosisCase& one : cases) ++tried[one.code];
  CHECK_FALSE(rules.empty());
  std::ifstream file("../../../man/queuetrace-doctor.1");
  REQUIRE(file);
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  const std::size_t section = manual.find(".Ss " + std::string(system.info.title) + "\n");
  REQUIRE(section != std::string::npos);
  const std::string listed = manual.substr(section, manual.find(".El", section) - section);
  for (const auto& [code, number] : rules) {
    CHECK_MESSAGE(tried[code] >= number, "rules without a case: ", code);
    CHECK_MESSAGE(listed.find(".It Cm " + code + "\n") != std::string::npos, "not in the manual: ", code);
  }
}

void check_sqlite_diagnoses(const SqlSystem& system, const std::string& variant, const std::string& healthy_rows,
                            std::span<const DiagnosisCase> cases) {
  std::ifstream file("fixtures/" + variant + "/load.sqlite.sql");
  REQUIRE(file);
  const std::string healthy = std::string{std::istreambuf_iterator<char>(file), {}} + healthy_rows;
  const SqlSystem* systems[] = {&system};
  const auto diagnosed = [&](const std::string& change, Milliseconds alert_age = AgeLimits().alert) {
    const SqliteFile database(healthy + change);
    Source source = database.source();
    source.alert_age = alert_age;
    const std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connect_sqlite(source), source, systems);
    REQUIRE(stores.size() == 1);
    return diagnose_store(*stores.front(), {});
  };
  CHECK(codes_of(diagnosed("")).empty());
  std::set<std::string> tried;
  for (const DiagnosisCase& one : cases) {
    INFO(one.code, ": ", one.change);
    tried.insert(one.code);
    Words expected = one.also;
    expected.push_back(one.code);
    const std::vector<Finding> findings = diagnosed(one.change);
    CHECK(codes_of(findings) == sorted(expected));
    const auto finding = std::ranges::find(findings, one.code, &Finding::code);
    if (finding == findings.end()) continue;  // told above
    CHECK((finding->count && finding->count->value == one.count));
    Words names = words_of(finding->samples);
    for (std::string& name : words_of(finding->names)) names.push_back(std::move(name));
    CHECK(names == one.named);
    if (!is_for_age(system, one.code)) continue;
    CHECK(finding->text.find(" 1h") != std::string::npos);
    const Words later = codes_of(diagnosed(one.change, longer_than_any));
    CHECK(std::ranges::find(later, one.code) == later.end());
  }
  for (const SqlDiagnosisRule& rule : system.diagnoses)
    CHECK_MESSAGE(tried.contains(std::string(rule.code)), rule.code);
}

std::string insert(const std::string& table, std::map<std::string, std::string> usual,
                   const std::map<std::string, std::string>& given) {
  for (const auto& [column, value] : given) usual[column] = value;
  std::string columns, values;
  for (const auto& [column, value] : usual) {
    columns += (columns.empty() ? "" : ", ") + column;
    values += (values.empty() ? "" : ", ") + value;
  }
  return "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ");\n";
}

}  // namespace queuetrace::test

// A table of what must be wrong with a database for `doctor` to find it, and nothing else, run on a real server.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/sql/system.hpp"
#include "tests/support/postgres_server.hpp"

namespace queuetrace::test {

/// A change of a healthy database, and the one finding it makes.
struct DiagnosisCase {
  std::string code;
  std::string variant;  ///< folder of the fixture whose tables are used
  std::string change;   ///< SQL
  std::optional<std::uint64_t> count = 1;
  std::vector<std::string> named;      ///< samples or names, all of them where there are three at most
  std::vector<std::string> also = {};  ///< codes of further findings that the change cannot be made without
  std::string user = {};               ///< who looks; empty: who may do everything
};

/// A healthy database of one variant.
struct HealthyDatabase {
  std::string rows;                     ///< SQL that replaces all rows
  std::vector<std::string> codes = {};  ///< what doctor says of any database of this schema
  std::string indexes = {};             ///< SQL that adds to the fixture's tables
};

using HealthyDatabases = std::map<std::string, HealthyDatabase>;

/// Each healthy database has its own findings only; each case has one more, with this count and these names; every rule
/// of the system has a case of its own. What is found for its age is not where `alert_age` is longer.
void check_diagnoses(const SqlSystem& system, const HealthyDatabases& healthy, std::span<const DiagnosisCase> cases);

/// The same in SQLite files, for one variant (`load.sqlite.sql`); DiagnosisCase::variant is not looked at.
void check_sqlite_diagnoses(const SqlSystem& system, const std::string& variant, const std::string& healthy_rows,
                            std::span<const DiagnosisCase> cases);

/// What doctor says of the tables that are there.
std::vector<Finding> diagnose(const PostgresDatabase& database, const SqlSystem& system, const std::string& user = "",
                              Milliseconds alert_age = AgeLimits().alert);
/// The statements that put this fixture's tables in the place of whatever is in the database.
std::string tables_of(const std::string& variant);

/// `INSERT INTO table (...) VALUES (...);` with the expressions of `given` in place of those of `usual`.
std::string insert(const std::string& table, std::map<std::string, std::string> usual,
                   const std::map<std::string, std::string>& given);

}  // namespace queuetrace::test

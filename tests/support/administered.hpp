// A queue system in a database of its own, opened for writing, and the few words in which tests of its administration
// speak: plan, act, what changed.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backends/job_store.hpp"
#include "tests/support/postgres_server.hpp"

namespace queuetrace::test {

class Administered {
 public:
  /// A database filled by the SQL file; `more` runs behind it.
  explicit Administered(const std::filesystem::path& file, const std::string& more = "");

  const PostgresDatabase& database() const { return database_; }
  JobStore& store() { return *stores_.front(); }
  JobAdministration& writes() { return store().administration(); }
  /// Closes the session and looks at the database anew, as another user where one is named; or only closes it.
  void open(Access access = Access::write, const std::string& user = "");
  void close() { stores_.clear(); }

  /// The plan for one job; throws when the job is not found.
  Target plan(const Action& action, const std::string& id);
  std::vector<Target> plan_all(const Action& action, const JobFilter& filter = {});
  TargetReport apply(const Action& action, const Target& target);
  /// Plans and applies.
  TargetReport act(const Action& action, const std::string& id) { return apply(action, plan(action, id)); }

  /// All columns of the rows that the condition takes, as JSON, by their `id`.
  nlohmann::json rows(const std::string& table, const std::string& condition = "true") const;
  /// The columns in which two rows differ, with what they are `after`; times of the last minute are `now`.
  nlohmann::json difference(const nlohmann::json& before, const nlohmann::json& after) const;
  /// A digest of every column of a table, each in its text form.
  std::string digest(const std::string& table, const std::string& condition = "true") const;

 private:
  PostgresDatabase database_;
  std::vector<std::unique_ptr<JobStore>> stores_;
};

Action action_of(ActionKind kind);
/// `done`, `skipped: it is running`: what a report says, with the server's own words behind ` / `.
std::string text_of(const TargetReport& report);
/// The same of a plan, with its effect: `act, 2 other jobs fail with it`, `skip: it is running (may be forced)`.
std::string text_of(const Target& target);

}  // namespace queuetrace::test

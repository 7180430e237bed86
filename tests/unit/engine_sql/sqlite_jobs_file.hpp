// A SQLite file with the jobs of a small system of our own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/open.hpp"
#include "tests/support/administered.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// Jobs 1 to 3 are dead, 4 waits, 5 runs, 6 is dead and its queue paused. Job 1 has a note, job 2 two.
class SqliteJobsFile {
 public:
  SqliteJobsFile();

  static Catalogue catalogue();
  const Source& source() const { return source_; }
  /// A session beside the store's.
  SqlConnection& other() { return *other_; }
  void run(const std::string& statement);

  JobStore& store() { return *stores_.front(); }
  JobAdministration& writes() { return store().administration(); }
  std::vector<Target> plan(const Action& action, const std::vector<std::string>& ids = {});
  std::vector<std::string> apply(const Action& action, const std::vector<Target>& targets);

  /// Every value of a table with its type, as SQLite writes it.
  std::string contents(const std::string& table);

 private:
  testing::TemporaryFolder folder_;
  std::filesystem::path file_;
  Source source_;
  std::shared_ptr<SqlConnection> other_;
  std::vector<std::unique_ptr<JobStore>> stores_;
};

}  // namespace queuetrace::test

// The home folder of operators who change jobs by the program: the source under a name, backups, and the audit.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/faults/job_ledger.hpp"
#include "tests/faults/replayed_queue.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// Safe from all threads.
class OperatorHome {
 public:
  static constexpr const char* source_name = "raced";

  explicit OperatorHome(const ReplayedQueue& queue);

  ProgramResult run(std::vector<std::string> words) const;
  /// A change with what confirms it, JSON as its answer.
  ProgramResult change(std::vector<std::string> words) const;

  /// What does not agree with the ledger when all is still: the sums of the audit, plans and journals left behind.
  std::vector<std::string> disagreements(const JobLedger& ledger) const;

  /// Puts back what the newest backups hold, `most` of them at most. Returns which of the erased jobs are there again;
  /// those that are in such a backup and are not are among `problems`.
  std::set<std::string> restore_newest(std::size_t most, const std::set<std::string>& erased,
                                       std::vector<std::string>& problems) const;

 private:
  std::vector<std::filesystem::path> files_in(const char* folder) const;

  testing::TemporaryFolder folder_;
};

/// Ids of the jobs that a backup holds.
std::set<std::string> ids_in_backup(const std::filesystem::path& backup);

}  // namespace queuetrace::test

// While jobs are changed, a file in $XDG_STATE_HOME/queuetrace/operations says what is under way. It goes with the
// operation; one that stays behind means that the process ended in the middle, or lost its store or its disk there, and
// `doctor` tells.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "commands/change/operation.hpp"
#include "commands/change/private_file.hpp"

namespace queuetrace {

class OperationJournal {
 public:
  /// Makes the file; on the disk when it returns. `jobs`: how many are to be changed. `complete`: the command that goes
  /// on, `undo`: the one that puts back; either may be empty.
  OperationJournal(const Operation& operation, std::uint64_t jobs, const std::string& complete, const std::string& undo,
                   const std::map<std::string, std::string>& environment);
  ~OperationJournal();
  OperationJournal(const OperationJournal&) = delete;
  OperationJournal& operator=(const OperationJournal&) = delete;

  /// A full disk is no reason to stop: then the journal knows less.
  void progress(std::uint64_t jobs_tried);
  /// What is left is another plan from now on. Throws Error when that cannot be written: the plan before is still good.
  void go_on(const std::string& plan, const std::string& complete);
  /// The operation is over (is_over()), and its user was told: the file goes with this object.
  void close() { closed_ = true; }

 private:
  PrivateFile file_;
  bool closed_ = false;
};

/// What is known of an operation that never came to its end and whose process is gone.
struct UnfinishedOperation {
  std::filesystem::path file;
  std::string id, verb, source, system, started;
  std::string plan, backup;  ///< files; empty: none
  std::uint64_t jobs = 0;
  std::uint64_t tried = 0;  ///< as far as was written down
  std::string complete, undo;
};

/// Reads the journals that no living process holds. Damaged ones are named with what could be read.
std::vector<UnfinishedOperation> unfinished_operations(const std::map<std::string, std::string>& environment);

/// Removes the journals of operations that ended in the middle and that this file (a plan, a backup) has completed or
/// undone.
void settle_operations(const std::string& file, const std::map<std::string, std::string>& environment);

/// The same for operations without such a file, which the same command has completed when it ran again.
void settle_repeated(const std::string& complete, const std::map<std::string, std::string>& environment);

}  // namespace queuetrace

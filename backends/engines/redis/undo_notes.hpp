// What a recorded run (undo_script.hpp) noted of one target, as it is kept in a file and read back.
#pragma once

#include <string>
#include <vector>

#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// What undoing takes, of a target of a recorded run. Read back, `notes` may be anything.
struct UndoNotes {
  std::vector<std::string> keys;
  std::string notes;
  std::vector<std::string> values = {};  ///< large ones, which the notes name by their number
};
/// What a recorded run kept of a target that was done, by its number in the run, as BackupRecord::content; empty:
/// nothing. Memory: 4/3 of the values that the notes name.
std::string undo_content(const TargetReport& report, const ScriptResult& result, std::size_t target,
                         const ScriptCall& call);
/// Throws Error{usage} for a record that is none of ours.
UndoNotes read_undo_notes(BackupRecord record);

}  // namespace queuetrace

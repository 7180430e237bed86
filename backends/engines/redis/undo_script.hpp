// How changes in Redis are undone: every script that changes something runs behind `recorder`, which notes what each
// of its writes replaced, in the same step; `undo_script()` takes these notes and puts that back where everything is
// still as the script left it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// The script between recorder and its end. It answers with the script's own answers, and behind them one text for each
/// target: its notes, packed; empty: it changed nothing. Beside `call` and `pcall` the script has
///    redis.target()                begins another target
///    redis.whole(key)              the hash must be undone as a whole or not at all: nobody may have changed it
///    redis.aside(command, ...)     pcall of what tells others of a change: undone where it is as the script left it
///    redis.name(set, name, key)    a name is in the set because of what lies in the key: it goes with it
std::string recorded(std::string_view script);

/// The same script without notes: it answers as it does by itself.
std::string not_recorded(std::string_view script);

/// KEYS: those of the recorded run. ARGV: 1 to change nothing, then the notes of one target. Its words: `done`,
/// `already` (everything is as it was), `changed`.
std::string undo_script();

/// What undoing takes, of a target of a recorded run. Read back, `notes` may be anything.
struct UndoNotes {
  std::vector<std::string> keys;
  std::string notes;
};
std::string to_content(const UndoNotes& notes);
/// What a recorded run kept of a target that was done, by its number in the run; empty: nothing.
std::string undo_content(const TargetReport& report, const ScriptResult& result, std::size_t target,
                         const ScriptCall& call);
/// Throws Error{usage} for a record that is none of ours.
UndoNotes read_undo_notes(const BackupRecord& record);

}  // namespace queuetrace

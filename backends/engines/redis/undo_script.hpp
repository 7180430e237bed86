// How changes in Redis are undone: every script that changes something runs behind `recorder`, which notes what each
// of its writes replaced, in the same step; `undo_script()` takes these notes and puts that back where everything is
// still as the script left it.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The script between recorder and its end. It answers with the script's own answers, and behind them two texts for
/// each target: its notes, packed (empty: it changed nothing), and the numbers of the values of the run that the notes
/// name instead of holding them, `5 7`: a large element is not sent back. Beside `call` and `pcall` the script has
///    redis.target()                begins another target
///    redis.whole(key)              the hash must be undone as a whole or not at all: nobody may have changed it
///    redis.aside(command, ...)     pcall of what tells others of a change: undone where it is as the script left it
///    redis.name(set, name, key)    a name is in the set because of what lies in the key: it goes with it
std::string recorded(std::string_view script);

/// The same script without notes: it answers as it does by itself.
std::string not_recorded(std::string_view script);

/// KEYS: those of the recorded run; notes of other keys are refused. ARGV: 1 to change nothing, then the notes of one
/// target and the values that they name. Its words: `done`, `already` (everything is as it was), `changed`, `foreign`
/// (a note is of a key that is not declared).
std::string undo_script();

}  // namespace queuetrace

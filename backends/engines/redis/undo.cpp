// Puts back what changes replaced, where it is still as they left it.
#include <algorithm>
#include <iterator>

#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/own_keys.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "backends/engines/redis/undo_notes.hpp"
#include "backends/engines/redis/undo_script.hpp"
#include "model/error.hpp"

namespace queuetrace {

std::vector<TargetReport> RedisAdministration::undo(std::vector<BackupRecord> records, bool dry_run,
                                                    const ReadLimits&) {
  std::vector<TargetReport> reports(records.size());
  std::vector<ScriptCall> calls;
  const std::vector<std::string> holders = holders_of_parts();
  for (std::size_t i = 0; i < records.size(); ++i) {
    reports[i].id = records[i].id;
    UndoNotes notes = read_undo_notes(std::move(records[i]));
    // Notes of other keys than these are refused by the script, before anything is changed.
    ScriptCall& call =
        calls.emplace_back(ScriptCall{own_among(std::move(notes.keys), keys_, holders), {dry_run ? "1" : "0"}});
    call.values.push_back(std::move(notes.notes));
    std::ranges::move(notes.values, std::back_inserter(call.values));
  }
  const std::vector<ScriptResult> results = run_script(connection(), RedisScript(undo_script()), calls);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (report_unanswered(reports[i], results[i])) continue;
    const std::string_view word = results[i].reply.size() == 1 ? results[i].reply[0].text() : std::string_view();
    if (word == "already")
      reports[i].set(Outcome::already, "it is as it was");
    else if (word == "changed")
      reports[i].set(Outcome::changed, "it is not as the change left it");
    else if (word == "foreign")
      throw Error(ErrorKind::usage, "the file changes a key that does not belong to this source")
          .with_hint("was it made for another source, or is it damaged? Nothing of its job was changed");
    else if (word != "done")
      throw Error(ErrorKind::internal, "a script answered with an unknown word").because(Untrusted(std::string(word)));
  }
  return reports;
}

}  // namespace queuetrace

#include "commands/change/change_end.hpp"

#include <filesystem>

#include "commands/change/json_line.hpp"
#include "commands/report/outcomes.hpp"
#include "model/count_words.hpp"

namespace queuetrace {

ExitCode exit_code_of(const ChunkedEnd& end, const OutcomeCounts& counts, std::uint64_t expected) {
  switch (end.reason) {
    case ChunkedEnd::Reason::interrupted: return ExitCode::interrupted;
    case ChunkedEnd::Reason::timed_out: return ExitCode::partial;
    case ChunkedEnd::Reason::lost: return ExitCode::unreachable;
    case ChunkedEnd::Reason::failed: return exit_code_of(end.error->kind());
    case ChunkedEnd::Reason::all: break;
  }
  const bool all = counts[Outcome::changed] == 0 && counts[Outcome::failed] == 0 && counts[Outcome::unknown] == 0 &&
                   counts[Outcome::skipped] == expected;
  return all ? ExitCode::done : ExitCode::partial;
}

void finish_kept(BackupWriter& backup, bool ended, std::string& name, const Context& context) {
  if (backup.records() == 0) {
    std::error_code ignored;
    std::filesystem::remove(backup.path(), ignored);
    name.clear();
  } else if (ended) {
    try {
      backup.finish();
    } catch (const Error& error) {
      context.notices.warning("the backup has no end mark: " + one_line(error));
    }
  }
}

void finish_report(WriteReport& report, const Operation& operation, const std::string& fare) {
  report.finish(operation.counts.not_tried,
                {{"operation", operation.id},
                 {"action", operation.verb},
                 {"source", operation.source},
                 {"target", operation.target},
                 {"system", operation.system},
                 {"filter", Untrusted(operation.filter)},
                 {"result", operation.result},
                 {"backup", data_or_nothing(operation.backup)},
                 {"plan", data_or_nothing(operation.plan)},
                 {"trace_id", operation.trace_id}},
                fare.empty() ? fare : "how they fare: " + fare);
}

void say_end(const ChunkedEnd& end, const Operation& operation, const std::string& complete, const std::string& undo,
             const Context& context) {
  if (end.error) context.notices.warning(one_line(*end.error));
  if (end.reason != ChunkedEnd::Reason::all)
    context.notices.warning(to_word(end.reason) + ", " + count_words(operation.counts.not_tried, "job") +
                            " not tried; nothing is half done. Continue with: " + complete);
  const OutcomeCounts& counts = operation.counts;
  const bool touched = counts[Outcome::done] + counts[Outcome::unknown] + counts[Outcome::failed] > 0;
  const bool kept = !operation.backup.empty() || !operation.kept.empty();
  if (touched && kept && (!context.format.machine || operation.kept.empty()))
    context.notices.note("to undo it: " + undo);
}

}  // namespace queuetrace

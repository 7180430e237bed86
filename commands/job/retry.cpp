#include "commands/job/retry.hpp"

#include <CLI/CLI.hpp>

#include "commands/change/change_jobs.hpp"

namespace queuetrace {

void add_job_retry(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<Action> action =
      add_change(command, chosen, "job retry", ActionKind::retry,
                 "Jobs to run again: ids, the first 4 characters and more, or source/ID; - reads stdin");
  CLI::Option* reset = command.add_flag_callback(
      "--reset-attempts", [action] { action->reset_attempts = true; }, "Count attempts from zero again");
  CLI::Option* keep = command.add_flag_callback(
      "--keep-attempts", [action] { action->reset_attempts = false; }, "Leave the count of attempts as it is");
  reset->excludes(keep);
  command.add_flag("--front", action->front, "Taken next and not last, where the system can say so");
}

}  // namespace queuetrace

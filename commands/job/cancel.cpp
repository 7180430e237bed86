#include "commands/job/cancel.hpp"

#include <CLI/CLI.hpp>

#include "commands/change/change_jobs.hpp"

namespace queuetrace {

void add_job_cancel(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<Action> action =
      add_change(command, chosen, "job cancel", ActionKind::cancel,
                 "Jobs not to be run: ids, the first 4 characters and more, or source/ID; - reads stdin");
  command.add_option("--message", action->message, "What the job's error will say")->type_name("TEXT");
  command.add_flag("--keep-dependents", action->keep_dependents, "Do not fail the jobs that wait for it");
}

}  // namespace queuetrace

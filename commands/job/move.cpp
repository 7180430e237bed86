#include "commands/job/move.hpp"

#include <CLI/CLI.hpp>

#include "commands/change/change_jobs.hpp"

namespace queuetrace {

void add_job_move(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<Action> action =
      add_change(command, chosen, "job move", ActionKind::move,
                 "Jobs to move: ids, the first 4 characters and more, or source/ID; - reads stdin");
  command.add_option("--to", action->queue, "Queue they go to, by its exact name")->type_name("QUEUE");
  command.add_flag("--front", action->front, "Taken next and not last, where the system can say so");
}

}  // namespace queuetrace

#include "commands/job_move.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands/change_jobs.hpp"

namespace queuetrace {

void add_job_move(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<ChangeRequest> request = std::make_shared<ChangeRequest>();
  request->command = "job move";
  request->verb = "move";
  request->action.kind = ActionKind::move;
  add_change_options(command, *request,
                     "Jobs to move: ids, the first 4 characters and more, or source/ID; - reads stdin");
  command.add_option("--to", request->action.queue, "Queue they go to, by its exact name")->type_name("QUEUE");
  command.add_flag("--front", request->action.front, "Taken next and not last, where the system can say so");
  command.add_flag("--force", request->action.force, "Jobs that are left alone for safety, too, where that may be");
  command.callback([request, &chosen] {
    const Action& action = request->action;
    request->tunes_action = !action.queue.empty() || action.front || action.force;
    chosen = [request](Context& context) { return change_jobs(*request, context); };
  });
}

}  // namespace queuetrace

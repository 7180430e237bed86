#include "commands/job_retry.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands/change_jobs.hpp"

namespace queuetrace {

void add_job_retry(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<ChangeRequest> request = std::make_shared<ChangeRequest>();
  request->command = "job retry";
  request->verb = "retry";
  request->action.kind = ActionKind::retry;
  add_change_options(command, *request,
                     "Jobs to run again: ids, the first 4 characters and more, or source/ID; - reads stdin");
  CLI::Option* reset = command.add_flag_callback(
      "--reset-attempts", [request] { request->action.reset_attempts = true; }, "Count attempts from zero again");
  CLI::Option* keep = command.add_flag_callback(
      "--keep-attempts", [request] { request->action.reset_attempts = false; }, "Leave the count of attempts as it is");
  reset->excludes(keep);
  command.add_flag("--front", request->action.front, "Taken next and not last, where the system can say so");
  command.add_flag("--force", request->action.force, "Jobs that are left alone for safety, too, where that may be");
  command.callback([request, &chosen] {
    const Action& action = request->action;
    request->tunes_action = action.reset_attempts || action.front || action.force;
    chosen = [request](Context& context) { return change_jobs(*request, context); };
  });
}

}  // namespace queuetrace

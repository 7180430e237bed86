#include "commands/job_cancel.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands/change_jobs.hpp"

namespace queuetrace {

void add_job_cancel(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<ChangeRequest> request = std::make_shared<ChangeRequest>();
  request->command = "job cancel";
  request->verb = "cancel";
  request->action.kind = ActionKind::cancel;
  add_change_options(command, *request,
                     "Jobs not to be run: ids, the first 4 characters and more, or source/ID; - reads stdin");
  command.add_option("--message", request->action.message, "What the job's error will say")->type_name("TEXT");
  command.add_flag("--keep-dependents", request->action.keep_dependents, "Do not fail the jobs that wait for it");
  command.add_flag("--force", request->action.force, "Jobs that are left alone for safety, too, where that may be");
  command.callback([request, &chosen] {
    const Action& action = request->action;
    request->tunes_action = !action.message.empty() || action.keep_dependents || action.force;
    chosen = [request](Context& context) { return change_jobs(*request, context); };
  });
}

}  // namespace queuetrace

#include "commands/purge.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands/change_jobs.hpp"

namespace queuetrace {

void add_purge(CLI::App& command, Invocation& chosen) {
  const std::shared_ptr<ChangeRequest> request = std::make_shared<ChangeRequest>();
  request->command = "purge";
  request->verb = "purge";
  request->action.kind = ActionKind::erase;
  add_change_options(command, *request, nullptr);
  command.add_flag("--force", request->action.force, "Jobs that are left alone for safety, too, where that may be");
  command.callback([request, &chosen] {
    request->tunes_action = request->action.force;
    chosen = [request](Context& context) { return change_jobs(*request, context); };
  });
}

}  // namespace queuetrace

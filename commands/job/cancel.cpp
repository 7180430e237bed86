// `job cancel`: so that they are not run. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {
namespace {

constexpr Option<Action> options_of_cancel[] = {
    {{.names = "--message", .value = "TEXT", .help = "Error message to record on the job"}, into<&Action::message>},
    {{.names = "--keep-dependents", .help = "Do not fail the jobs that wait for it"}, into<&Action::keep_dependents>},
};

}  // namespace

CommandForm form(At<"job cancel">) {
  return change_form("job cancel", ActionKind::cancel, ChosenBy::ids_or_filter, options_of_cancel);
}

}  // namespace queuetrace

// `job retry`: back to the queue, to be run again. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {
namespace {

constexpr Option<Action> own_options[] = {
    {{.names = "--reset-attempts", .help = "Count attempts from zero again", .excludes = "--keep-attempts"},
     {.set = [](Action& action, const std::string&) { action.reset_attempts = true; }}},
    {{.names = "--keep-attempts", .help = "Leave the count of attempts as it is"},
     {.set = [](Action& action, const std::string&) { action.reset_attempts = false; }}},
    {{.names = "--front", .help = "Taken next and not last, where the system can say so"}, into<&Action::front>},
};

}  // namespace

CommandForm job_retry_form() {
  return change_form("job retry", ActionKind::retry, ChosenBy::ids_or_filter, own_options);
}

}  // namespace queuetrace

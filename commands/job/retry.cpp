// `job retry`: back to the queue, to be run again. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {
namespace {

constexpr Option<Action> options_of_retry[] = {
    {{.names = "--reset-attempts", .help = "Reset the attempt count to zero", .excludes = "--keep-attempts"},
     {.set = [](Action& action, const std::string&) { action.reset_attempts = true; }}},
    {{.names = "--keep-attempts", .help = "Keep the attempt count"},
     {.set = [](Action& action, const std::string&) { action.reset_attempts = false; }}},
    {{.names = "--front", .help = "Put them first in the queue instead of last, where the system can"},
     into<&Action::front>},
};

}  // namespace

CommandForm form(At<"job retry">) {
  return change_form("job retry", ActionKind::retry, ChosenBy::ids_or_filter, options_of_retry);
}

}  // namespace queuetrace

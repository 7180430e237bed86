// `job move`: to another queue. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {
namespace {

constexpr Option<Action> options_of_move[] = {
    {{.names = "--to", .value = "QUEUE", .help = "Queue to move to, by its exact name"}, into<&Action::queue>},
    {{.names = "--front", .help = "Put them first in the queue instead of last, where the system can"},
     into<&Action::front>},
};

}  // namespace

CommandForm form(At<"job move">) {
  return change_form("job move", ActionKind::move, ChosenBy::ids_or_filter, options_of_move);
}

}  // namespace queuetrace

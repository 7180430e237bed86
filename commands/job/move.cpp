// `job move`: to another queue. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {
namespace {

constexpr Option<Action> own_options[] = {
    {{.names = "--to", .value = "QUEUE", .help = "Queue they go to, by its exact name"}, into<&Action::queue>},
    {{.names = "--front", .help = "Taken next and not last, where the system can say so"}, into<&Action::front>},
};

}  // namespace

CommandForm job_move_form() { return change_form("job move", ActionKind::move, ChosenBy::ids_or_filter, own_options); }

}  // namespace queuetrace

// `job delete`: with everything that belongs to them. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {

CommandForm form(At<"job delete">) { return change_form("job delete", ActionKind::erase, ChosenBy::ids_or_filter); }

}  // namespace queuetrace

// `purge`: remove jobs that a filter chooses. Goes the way of every change (commands/change/change_jobs.hpp).
#include "commands/change/change_jobs.hpp"

namespace queuetrace {

CommandForm form(At<"purge">) { return change_form("purge", ActionKind::erase, ChosenBy::filter); }

}  // namespace queuetrace

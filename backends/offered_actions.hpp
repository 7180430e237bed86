// Whether a queue system's jobs can be changed at all, known without asking its store: for what is proposed to people.
#pragma once

#include "model/plan.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// Whether the system offers the action for some of its jobs. `system` is what JobStore::system() returned. False for
/// captures and for tables that the configuration describes. Costs nothing.
bool offers(const SystemInfo& system, ActionKind action);

}  // namespace queuetrace

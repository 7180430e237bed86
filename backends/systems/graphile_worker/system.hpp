// Graphile Worker (Node.js), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::graphile_worker {

extern const SqlSystem system;                 ///< 0.16 and later: tables that are called private
extern const SqlSystem numbered_early_system;  ///< 0.14 and 0.15: jobs have numbers of tasks and queues
extern const SqlSystem early_system;           ///< before: jobs name them

}  // namespace queuetrace::graphile_worker

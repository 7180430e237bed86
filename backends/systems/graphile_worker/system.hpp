// Graphile Worker (Node.js), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::graphile_worker {

extern const SqlSystem system;        ///< 0.16 and later: tables that are called private
extern const SqlSystem early_system;  ///< before

}  // namespace queuetrace::graphile_worker

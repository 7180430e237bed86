// pg-boss (Node.js), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::pg_boss {

extern const SqlSystem system;        ///< 10 and later
extern const SqlSystem early_system;  ///< 9: columns without underscores

}  // namespace queuetrace::pg_boss

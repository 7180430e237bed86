// Solid Queue (Ruby on Rails), in PostgreSQL and in SQLite files.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::solid_queue {

extern const SqlSystem system;
extern const SqlSystem sqlite_system;

}  // namespace queuetrace::solid_queue

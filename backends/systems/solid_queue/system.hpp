// Solid Queue (Ruby on Rails), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::solid_queue {

extern const SqlSystem system;

}  // namespace queuetrace::solid_queue

// Oban (Elixir, and its port to Python), in PostgreSQL and in SQLite files.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::oban {

extern const SqlSystem system;
extern const SqlSystem sqlite_system;

}  // namespace queuetrace::oban

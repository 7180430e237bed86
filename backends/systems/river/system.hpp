// River (Go), in PostgreSQL and in SQLite files.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

extern const SqlSystem system;
extern const SqlSystem sqlite_system;

}  // namespace queuetrace::river

// Procrastinate (Python), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::procrastinate {

extern const SqlSystem system;

}  // namespace queuetrace::procrastinate

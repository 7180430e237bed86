// River (Go), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

extern const SqlSystem system;

}  // namespace queuetrace::river

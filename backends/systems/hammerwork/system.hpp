// Hammerwork (Rust), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

extern const SqlSystem system;

}  // namespace queuetrace::hammerwork

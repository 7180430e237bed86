// Oban (Elixir, and its port to Python), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::oban {

extern const SqlSystem system;

}  // namespace queuetrace::oban

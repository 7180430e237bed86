// Captures, the SQLite files that queuetrace itself writes.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::captures {

extern const SqlSystem system;

}  // namespace queuetrace::captures

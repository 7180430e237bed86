// PGMQ, message queues in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::pgmq {

extern const SqlSystem system;

}  // namespace queuetrace::pgmq

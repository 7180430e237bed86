// BullMQ 6, the job queue for Node.js, where it keeps its jobs in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::bullmq_postgresql {

extern const SqlSystem system;

}  // namespace queuetrace::bullmq_postgresql

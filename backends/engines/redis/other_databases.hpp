// Databases of the same server beside the one that a source names.
#pragma once

#include <string>

#include "backends/drivers/redis/connection.hpp"

namespace queuetrace {

/// Those that hold keys, with their numbers: `3 (1204 keys), 5 (1 key)`; empty: there are none, or nobody may ask. One
/// command that reads counters.
std::string other_databases(RedisConnection& connection);

}  // namespace queuetrace

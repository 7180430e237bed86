// Asks Sentinels where a master is.
#pragma once

#include "backends/drivers/redis/target.hpp"

namespace queuetrace {

/// The address of the target's master, from the first Sentinel that knows it. Throws Error: unreachable (no Sentinel
/// answers), not_found (none knows the name), authentication.
RedisAddress find_master(const RedisTarget& target);

}  // namespace queuetrace

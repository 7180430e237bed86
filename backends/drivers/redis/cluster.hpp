// Redis Cluster: keys to nodes, redirections followed.
#pragma once

#include <memory>

#include "backends/drivers/redis/connection.hpp"

namespace queuetrace {

/// Learns the slots from the first seed that answers; nodes are connected when first needed. Throws Error.
std::shared_ptr<RedisConnection> connect_cluster(const RedisTarget& target);

}  // namespace queuetrace

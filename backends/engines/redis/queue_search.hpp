// The names of the queues of one installation: found bounded, never with KEYS.
#pragma once

#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace {

/// Names of queues.
struct FoundNames {
  std::vector<std::string> names;  ///< sorted, each once
  bool complete = true;            ///< false: a bound was reached first, so there may be more
};

/// Queues looked for at most in one installation.
inline constexpr std::size_t most_queues = 10'000;

/// The queues of the deployment's installation, from all of RedisPlacing::queues and find_queues together; those that a
/// key pattern found only where RedisPlacing::queue_signs confirm them. Costs: members of a set or hash in SSCAN or
/// HSCAN calls of 1,000; a pattern costs one SCAN pass over the database. Throws Error.
FoundNames find_queues(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                       const ReadLimits& limits);

}  // namespace queuetrace

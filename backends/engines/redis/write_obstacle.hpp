// What keeps every change from a Redis server, told before anything is planned: a replica, a server or a user without
// scripts.
#pragma once

#include <span>
#include <string>

#include "backends/drivers/redis/connection.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// Throws where nothing can be changed in this session: Error{refused} on a replica, where the server has no EVAL and
/// where it takes no writes (no disk, too few replicas), Error{authentication} where this user may not run scripts.
/// `address` names the store for the message. Writes nothing: it runs scripts that do nothing, one round trip. Before
/// Redis 7, where INFO is not permitted, a replica shows only when it is written to (refuse_read_only()). Throws as
/// RedisConnection::pipeline.
void refuse_unwritable(RedisConnection& connection, const std::string& address);

/// Throws Error{refused} when a replica answered all of these, so that nothing was changed.
void refuse_read_only(std::span<const TargetReport> reports, const std::string& address);

}  // namespace queuetrace

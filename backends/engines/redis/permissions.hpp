// What the server's ACL lets this user do, tried with the commands that reading jobs needs.
#pragma once

#include <vector>

#include "backends/engines/redis/system.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Sends each command that lists, statistics and peek use, once, on the keys of the deployment; reads one element at
/// most of each. Throws Error{authentication} naming all that are refused; what commands can do without is a note.
std::vector<Finding> check_permissions(RedisConnection& connection, const RedisSystem& system,
                                       const Deployment& deployment);

}  // namespace queuetrace

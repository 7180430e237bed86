// The members of a set, read in bounded steps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"

namespace queuetrace {

struct SetMembers {
  std::vector<std::string> members;  ///< sorted, each once
  bool complete = true;              ///< false: there are more than were asked for
};

/// About `most` members, in SSCAN calls of 1,000. None where the key is gone or holds something else. Throws Error.
SetMembers read_set_members(RedisConnection& connection, const std::string& key, std::size_t most);

}  // namespace queuetrace

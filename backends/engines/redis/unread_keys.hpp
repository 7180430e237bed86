// Lists that look like a system's jobs although none of its places is there: queues that were renamed or added without
// the source being told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/engines/redis/system.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

struct UnreadList {
  std::string key;
  std::uint64_t length = 0;
};

struct UnreadLists {
  std::vector<UnreadList> lists;  ///< sorted by key
  bool complete = true;           ///< false: a limit was reached before all keys were looked at
};

/// Looks at one element of every list beside the places, as far as half a second goes: one SCAN over the keyspace.
/// Lists that match a glob of Deployment::settings, `ignored_lists`, belong to another program.
/// Nothing for systems that cannot tell their elements from others'. Throws Error.
UnreadLists find_unread_lists(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                              ReadLimits limits);

/// The same as a finding, whose text names those that are harmless to print; absent: there are none.
std::optional<Finding> told(const UnreadLists& unread, const RedisSystem& system);

}  // namespace queuetrace

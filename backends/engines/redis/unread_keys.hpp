// Keys that look like a system's jobs although none of its places is there: queues that were renamed or added without
// the source being told, queues that the system's own set of names has lost, jobs under another prefix.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/system.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

struct UnreadKey {
  std::string key;           ///< of records under another prefix: `acme:job:{id}`
  std::uint64_t length = 0;  ///< elements; 0 for records: unknown
  std::string queue = {};    ///< of a container of a queue that the system's set of names does not hold
};

struct UnreadKeys {
  std::vector<UnreadKey> keys;     ///< sorted by key
  bool complete = true;            ///< false: a limit was reached before all keys were looked at
  std::uint64_t not_searched = 0;  ///< keys of a database that is too large to be looked through beside every answer
};

/// How far a search goes. `beside_an_answer`: only where the database has few keys, so that no command walks a large
/// keyspace again and again. `thorough`: for seconds (`doctor`, `source check`).
enum class SearchDepth { beside_an_answer, thorough };

/// Looks for them: one SCAN over the keyspace, then the type or one element of each key that may be meant. Lists are
/// told by their elements (RedisFinding::recognises), where a system cannot do that containers are by their names and
/// types, unless queues are known by their keys; records by their fields (RedisFinding::record_fields). Keys that match
/// a glob of Deployment::settings, `ignored_lists`, belong to another program. Throws Error.
UnreadKeys find_unread_keys(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                            SearchDepth depth, ReadLimits limits);

/// Whether the source says that the key is another program's, or it is one of another installation, which is a store of
/// its own.
bool is_of_others(std::string_view key, const Deployment& deployment);

/// The code of the finding that names such keys.
std::string_view unread_code(const RedisSystem& system);

/// The same as a finding, whose text names those that are harmless to print; absent: there are none. That not all keys
/// were looked at is a finding too (Finding::unanswered), a note where nothing was searched at all.
std::optional<Finding> told(const UnreadKeys& unread, const RedisSystem& system, const Deployment& deployment);

}  // namespace queuetrace

// Reads all that belongs to jobs, for backups: whole keys of any type, members and fields of keys that others share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/keyspace.hpp"

namespace queuetrace {

/// What belongs to each of the locators' jobs; absent: the job is not as the locator says, or gone. Asks for a bounded
/// number of jobs at a time. Throws Error{refused} for a key that is too large to be kept, or of a module's type.
std::vector<std::optional<BackedUpJob>> read_belongings(RedisKeyspace& keys, std::span<const Locator> locators,
                                                        std::span<const std::string> holders);

}  // namespace queuetrace

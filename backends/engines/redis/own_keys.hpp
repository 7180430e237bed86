// Whether keys that a plan, a backup or a kept change names are those of this source's jobs: such files come from
// outside, and what they name is removed and written.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/locator.hpp"

namespace queuetrace {

/// Throws Error{usage} for a locator whose container is not a place of the source, or whose record is not the one that
/// its id means there. `place` is that of its key, nullptr where there is none.
void require_own(const Locator& locator, const Place* place, const RedisKeyspace& keys);

/// Throws Error{usage} where the job is of this source, and a further key, member or field is none that makes up such a
/// job. `holders` as RedisChanging::holders.
void require_own(const BackedUpJob& job, const RedisKeyspace& keys, std::span<const std::string> holders);

/// Of keys that a change declared, those that changes of this source's jobs and queues write to.
std::vector<std::string> own_among(std::vector<std::string> declared, const RedisKeyspace& keys,
                                   std::span<const std::string> holders);

}  // namespace queuetrace

// The elements that workers take next from lists of which nothing is known: what tells a system's own from others.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "backends/drivers/redis/connection.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// Gives `see` the last element of each list, in their order, with the list's index, until it returns false; keys that
/// hold none, and those that this user may not read, are passed over. A few are asked for at once, and one after the
/// other where they are large. Returns false where time or the bound of bytes (64 MiB in all) ended it early.
bool look_at_ends(RedisConnection& connection, std::span<const std::string> lists, const ReadLimits& limits,
                  const std::function<bool(std::size_t, std::string_view)>& see);

}  // namespace queuetrace

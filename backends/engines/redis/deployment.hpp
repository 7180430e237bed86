// From a system's tables to the places of one installation.
#pragma once

#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace {

/// The option in Source::keys that names an installation's prefix.
inline constexpr std::string_view prefix_option = "prefix";

/// The option, known to every system, with globs between commas of keys that belong to another program.
inline constexpr std::string_view ignored_option = "ignored_lists";

/// The installation's places and settings. Throws Error{usage} for options that the system does not know, and what
/// RedisPlacing::deploy and complete throw.
Deployment make_deployment(RedisConnection& connection, const RedisSystem& system, const Source& source,
                           std::string_view prefix);

}  // namespace queuetrace

// Key names and settings of go-redis-work-queue (docs/systems/go-redis-work-queue.md section 2.1), by its own option
// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/redis/system.hpp"

namespace queuetrace::go_redis_work_queue {

/// What the options of queues' keys begin with: `worker.queues.low`. Every queue there is has one in
/// Deployment::settings.
inline constexpr std::string_view queue_option = "worker.queues.";

/// Keys and settings of a source: defaults, then the system's own YAML, then Source::keys. Throws Error{usage}.
Deployment deploy(const Source& source);

/// A setting by its option name; absent when nothing was given.
std::optional<std::string> setting(const Deployment& deployment, const std::string& option);

/// The key of a worker's heartbeat or processing list: the pattern with the worker's id in place of `%s`.
std::string fill_pattern(const std::string& pattern, std::string_view worker);

/// The free part of a processing list's key: the worker's id.
std::string worker_of(const Place& place, std::string_view key);

/// The waiting list of a priority, under any of its names; nullptr when there is none.
const Place* queue_named(const Deployment& deployment, std::string_view alias);

}  // namespace queuetrace::go_redis_work_queue

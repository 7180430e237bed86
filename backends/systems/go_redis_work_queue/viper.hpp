// YAML as go-redis-work-queue reads it: viper 1.19 over yaml.v3. Merge keys, keys with dots, names in any case, and
// numbers in the bases that Go takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/time.hpp"

namespace queuetrace::go_redis_work_queue {

/// A setting of a file: one text, or a list of them.
struct ViperValue {
  bool is_list = false;
  std::vector<std::string> texts;
};

/// What a file sets, by lower-case path (`worker.queues.high`). Null sets nothing. Throws Error{usage} for a file that
/// cannot be read, is not YAML, or holds more than 10,000 settings.
std::map<std::string, ViperValue> read_viper(const std::filesystem::path& file);

/// A whole number as Go takes it: decimal, `0x`, `0b`, `0o` or a leading 0 for octal, underscores between digits; a
/// number with a fraction loses it. Absent: no number, or beyond 64 bits.
std::optional<std::int64_t> viper_integer(std::string_view text);

/// A duration: `1m30s`, `1.5h`, or a whole number of nanoseconds. Absent: none, or below a millisecond.
std::optional<Milliseconds> viper_duration(std::string_view text);

}  // namespace queuetrace::go_redis_work_queue

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
  bool is_plain = false;  ///< one text without quotes: what reads as a number or a truth is one
};

/// What a file sets, by lower-case path (`worker.queues.high`). Null sets nothing. Throws Error{usage} for a file that
/// cannot be read, is not YAML, or holds more than 10,000 settings.
std::map<std::string, ViperValue> read_viper(const std::filesystem::path& file);

/// A whole number where a text stands for it: decimal, `0x`, `0b`, `0o` or a leading 0 for octal, underscores between
/// digits; an empty text is 0. Absent: no number, one with a fraction or an exponent, or beyond 64 bits.
std::optional<std::int64_t> viper_integer(std::string_view text);

/// The same of a setting of a file: a number without quotes loses its fraction, and true is 1. Absent: the system does
/// not start with it.
std::optional<std::int64_t> viper_integer(const ViperValue& value);

/// A duration: `1m30s`, `1.5h`, or a whole number of nanoseconds. Absent: none, or below a millisecond.
std::optional<Milliseconds> viper_duration(std::string_view text);

}  // namespace queuetrace::go_redis_work_queue

// Durations as people type and read them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

using Milliseconds = std::chrono::milliseconds;

/// Reads `250ms`, `10s`, `5m`, `2h`, `7d`, `1w`, several of them with the largest first (`1h30m`, `2m05s`), parts of
/// one (`1.8s`), or a bare number of seconds. Absent when the text is not a duration or overflows.
std::optional<Milliseconds> parse_duration(std::string_view text);

/// `85ms`, `12.4s`, `3m05s`, `10m`, `5d03h`: at most two units, as parse_duration() reads them, or behind a `-`.
std::string to_human(Milliseconds duration);

}  // namespace queuetrace

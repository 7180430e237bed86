// Points in time as all stores, filters and formats share them: UTC, microseconds since the Unix epoch.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/duration.hpp"

namespace queuetrace {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// PostgreSQL's `infinity` and everything past what 64 bits of microseconds can hold.
inline constexpr Timestamp infinite_future = Timestamp::max();
inline constexpr Timestamp infinite_past = Timestamp::min();

/// RFC 3339 in UTC with milliseconds, `2026-01-02T03:04:05.678Z`; `infinity` and `-infinity` for the two ends. Years
/// beyond 9999 are printed with all their digits, those before the year 0 (1 BC) with a minus sign.
std::string to_rfc3339(Timestamp time);
/// The same with microseconds where it has any, so that parse_timestamp() gives the same moment back.
std::string to_rfc3339_exact(Timestamp time);
/// The first form, appended to `out` without a temporary string, for lists of millions of jobs.
void append_rfc3339(std::string& out, Timestamp time);

/// Whole milliseconds since the Unix epoch, cut towards it: as Redis counts expiry.
constexpr std::int64_t unix_milliseconds(Timestamp time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

/// Which zone a moment without one is in.
enum class Zone { utc, local };

/// The wall clock of the zone this process runs in with its offset, `2026-10-25 02:30:00+01:00`. Where the C library
/// cannot tell it (the two ends), as to_rfc3339().
std::string to_local_time(Timestamp time);

/// Reads RFC 3339, to_rfc3339() and PostgreSQL's ISO style: `T` or blank between date and time, 0 to 9 fraction digits
/// (cut to microseconds), zone `Z`, `+hh`, `+hhmm` or `+hh:mm` (none means `unmarked`), date alone, `infinity`,
/// `-infinity`. Absent when the text is not a time.
std::optional<Timestamp> parse_timestamp(std::string_view text, Zone unmarked = Zone::utc);

/// Reads what users type for a moment: `15m`, `2h`, `7d`, `now-1h`, `now`, RFC 3339, a date, Unix seconds (up to 10
/// digits) or milliseconds (13 digits). A bare duration lies before `now`. Absent when the text is none of these.
std::optional<Timestamp> parse_moment(std::string_view text, Timestamp now, Zone unmarked = Zone::utc);

}  // namespace queuetrace

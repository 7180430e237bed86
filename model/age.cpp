#include "model/age.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace queuetrace {
namespace {

constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;
// Up to these the smaller unit is still told.
constexpr std::int64_t seconds_until = 2 * minute, minutes_until = 10 * hour, hours_until = 2 * day,
                       days_until = 10 * day;

std::string two_units(std::int64_t large, std::string_view large_unit, std::int64_t small,
                      std::string_view small_unit) {
  if (small == 0) return fmt::format("{}{}", large, large_unit);
  return fmt::format("{}{}{}{}", large, large_unit, small, small_unit);
}

}  // namespace

std::string to_age(Milliseconds age) {
  const std::int64_t seconds = std::max<std::int64_t>(0, age.count() / 1000);
  if (seconds < seconds_until) return fmt::format("{}s", seconds);
  if (seconds < hour) return fmt::format("{}m", seconds / minute);
  if (seconds < minutes_until) return two_units(seconds / hour, "h", seconds % hour / minute, "m");
  if (seconds < hours_until) return fmt::format("{}h", seconds / hour);
  if (seconds < days_until) return two_units(seconds / day, "d", seconds % day / hour, "h");
  return fmt::format("{}d", seconds / day);
}

}  // namespace queuetrace

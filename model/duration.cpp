#include "model/duration.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <limits>

namespace queuetrace {
namespace {

/// The digits at the position. Absent: there are none, or too many.
std::optional<std::int64_t> read_whole(std::string_view text, std::size_t& position) {
  if (position >= text.size() || text[position] < '0' || text[position] > '9') return std::nullopt;
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data() + position, text.data() + text.size(), number);
  if (problem != std::errc()) return std::nullopt;
  position = static_cast<std::size_t>(rest - text.data());
  return number;
}

/// What stands behind a decimal point, in thousandths; 0 where there is none. Absent for a point without digits.
std::optional<std::int64_t> read_thousandths(std::string_view text, std::size_t& position) {
  if (position >= text.size() || text[position] != '.') return 0;
  const std::size_t begin = ++position;
  std::int64_t thousandths = 0;
  std::int64_t place = 100;
  for (; position < text.size() && text[position] >= '0' && text[position] <= '9'; ++position, place /= 10)
    thousandths += place * (text[position] - '0');
  if (position == begin) return std::nullopt;
  return thousandths;
}

/// Milliseconds of the unit at the position; 0 for no unit.
std::int64_t read_unit(std::string_view text, std::size_t& position) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  static constexpr Unit units[] = {{"ms", 1},        {"min", 60'000},   {"m", 60'000},     {"s", 1000},
                                   {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
  for (const Unit& unit : units)
    if (text.substr(position).starts_with(unit.name)) {
      position += unit.name.size();
      return unit.milliseconds;
    }
  return 0;
}

/// `10m`, `2m05s`: the smaller unit where it says something.
std::string in_units(std::int64_t seconds, std::int64_t large, std::string_view large_name, std::int64_t small,
                     std::string_view small_name) {
  const std::int64_t rest = seconds % large / small;
  if (rest == 0) return fmt::format("{}{}", seconds / large, large_name);
  return fmt::format("{}{}{:02}{}", seconds / large, large_name, rest, small_name);
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
  // A thousandth of the range, so that callers may turn the result into microseconds.
  constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max() / 1000;
  std::int64_t total = 0;
  std::int64_t above = std::numeric_limits<std::int64_t>::max();  // units only get smaller: `1h30m`, not `30m1h`
  for (std::size_t position = 0; above > 0;) {
    const bool first = position == 0;
    const std::optional<std::int64_t> number = read_whole(text, position);
    if (!number) return std::nullopt;
    if (first && position == text.size())
      return *number > longest / 1000 ? std::nullopt : std::optional(Milliseconds(*number * 1000));
    const std::optional<std::int64_t> thousandths = read_thousandths(text, position);
    const std::int64_t unit = read_unit(text, position);
    std::int64_t whole = 0;
    if (!thousandths || unit == 0 || unit >= above || __builtin_mul_overflow(*number, unit, &whole) ||
        whole > longest || (total += whole + *thousandths * unit / 1000) > longest)
      return std::nullopt;
    above = position < text.size() ? unit : 0;
  }
  return Milliseconds(total);
}

std::string to_human(Milliseconds duration) {
  const std::int64_t count = duration.count();
  if (count < 0) {
    if (count == std::numeric_limits<std::int64_t>::min()) return "-inf";
    return "-" + to_human(Milliseconds(-count));
  }
  if (count < 1000) return fmt::format("{}ms", count);
  if (count < 60'000) return fmt::format("{}.{}s", count / 1000, count % 1000 / 100);
  const std::int64_t seconds = count / 1000;
  if (seconds < 3600) return in_units(seconds, 60, "m", 1, "s");
  if (seconds < 86'400) return in_units(seconds, 3600, "h", 60, "m");
  return in_units(seconds, 86'400, "d", 3600, "h");
}

}  // namespace queuetrace

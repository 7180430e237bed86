// The forms in which Resque and its ports write times (docs/systems/resque.md sections 2.2 and 2.3).
#include <array>

#include "backends/systems/resque/parts.hpp"

namespace queuetrace::resque {
namespace {

/// `2026/07/01 10:00:00 UTC`, and with dashes.
std::optional<Timestamp> parse_ruby(std::string_view text) {
  constexpr std::size_t before_zone = 19;
  if (text.size() < before_zone + 2 || text[before_zone] != ' ') return std::nullopt;
  std::string moment(text.substr(0, before_zone));
  moment[4] = moment[7] = '-';
  moment[10] = 'T';
  const std::string_view zone = text.substr(before_zone + 1);
  if (zone == "UTC" || zone == "GMT")
    moment += 'Z';
  else if ((zone[0] == '+' || zone[0] == '-') && zone.size() == 5)
    moment += std::string(zone.substr(0, 3)) + ":" + std::string(zone.substr(3));
  else
    return std::nullopt;
  return parse_timestamp(moment);
}

/// `Wed Jul 01 2026 10:00:00 GMT+0200 (Central European Summer Time)`: what JavaScript's Date says.
std::optional<Timestamp> parse_javascript(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t month_at = 4, day_at = 8, year_at = 11, clock_at = 16, zone_at = 25, end = 33;
  if (text.size() < end || text.substr(clock_at + 8, 1) != " " || text.substr(zone_at, 3) != "GMT") return std::nullopt;
  for (std::size_t month = 0; month < months.size(); ++month) {
    if (text.substr(month_at, 3) != months[month]) continue;
    const std::string number = std::to_string(month + 1);
    std::string moment(text.substr(year_at, 4));
    moment += "-" + std::string(2 - number.size(), '0') + number + "-" + std::string(text.substr(day_at, 2)) + " " +
              std::string(text.substr(clock_at, 8)) + " " + std::string(text.substr(zone_at + 3, 5));
    return parse_ruby(moment);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Timestamp> parse_time(std::string_view text) {
  if (const std::optional<Timestamp> time = parse_ruby(text)) return time;
  return parse_javascript(text);
}

}  // namespace queuetrace::resque

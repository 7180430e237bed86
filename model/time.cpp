#include "model/time.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <iterator>

namespace queuetrace {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// Reads exactly `count` digits at `position`, or any number of them (at least `least`) when `count` is 0.
std::optional<std::int64_t> read_digits(std::string_view text, std::size_t& position, std::size_t count,
                                        std::size_t least = 1) {
  std::size_t end = position;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9' && (count == 0 || end - position < count)) ++end;
  if (end - position < least || (count != 0 && end - position != count)) return std::nullopt;
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data() + position, text.data() + end, number);
  if (problem != std::errc() || rest != text.data() + end) return std::nullopt;
  position = end;
  return number;
}

bool skip(std::string_view text, std::size_t& position, char wanted) {
  if (position >= text.size() || text[position] != wanted) return false;
  ++position;
  return true;
}

/// The offset of a zone in seconds; `position` stands behind it afterwards.
std::optional<std::int64_t> read_zone(std::string_view text, std::size_t& position) {
  if (position == text.size()) return 0;
  if (skip(text, position, 'Z') || skip(text, position, 'z')) return 0;
  const char sign = text[position];
  if (sign != '+' && sign != '-') return std::nullopt;
  ++position;
  const auto hours = read_digits(text, position, 2);
  if (!hours || *hours > 15) return std::nullopt;  // the farthest PostgreSQL takes
  std::int64_t minutes = 0;
  if (position < text.size()) {
    skip(text, position, ':');
    const auto read = read_digits(text, position, 2);
    if (!read || *read > 59) return std::nullopt;
    minutes = *read;
  }
  const std::int64_t seconds = *hours * 3600 + minutes * 60;
  return sign == '-' ? -seconds : seconds;
}

/// Adds with saturation at the two ends of time.
Timestamp at(std::int64_t days, std::int64_t micros_of_day) {
  std::int64_t total = 0;
  if (__builtin_mul_overflow(days, microseconds_per_day, &total) ||
      __builtin_add_overflow(total, micros_of_day, &total))
    return days < 0 ? infinite_past : infinite_future;
  return Timestamp(microseconds(total));
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's algorithm); std::chrono::year ends at 32767.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Date {
  std::int64_t year, month, day;
};

Date civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_index = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
  return {year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * month_index + 2) / 5 + 1};
}

std::int64_t last_day(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Exactly `count` decimal digits of a number that is not negative.
void append_digits(std::string& out, std::int64_t number, int count) {
  std::array<char, 4> digits{};
  for (int at = count - 1; at >= 0; --at, number /= 10)
    digits[static_cast<std::size_t>(at)] = static_cast<char>('0' + number % 10);
  out.append(digits.data(), static_cast<std::size_t>(count));
}

/// A wall clock read as UTC, as the moment when the clock of this zone shows it.
Timestamp in_zone(Timestamp wall, Zone zone) {
  if (zone == Zone::utc) return wall;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
  const auto since_epoch = static_cast<std::time_t>(seconds.time_since_epoch().count());
  std::tm parts{};
  if (::gmtime_r(&since_epoch, &parts) == nullptr) return wall;
  parts.tm_isdst = -1;  // where a clock shows a time twice, the C library chooses
  errno = 0;
  const std::time_t moment = std::mktime(&parts);
  if (moment == -1 && errno != 0) return wall;
  return Timestamp(std::chrono::seconds(moment)) + (wall - seconds);
}

}  // namespace

void append_rfc3339(std::string& out, Timestamp time) {
  if (time == infinite_future || time == infinite_past) {
    out += time == infinite_future ? "infinity" : "-infinity";
    return;
  }
  const std::int64_t total = time.time_since_epoch().count();
  std::int64_t days = total / microseconds_per_day;
  std::int64_t rest = total % microseconds_per_day;
  if (rest < 0) {
    rest += microseconds_per_day;
    --days;
  }
  const Date date = civil_from_days(days);
  if (date.year < 0 || date.year > 9999)
    fmt::format_to(std::back_inserter(out), "{}{:04}", date.year < 0 ? "-" : "", std::abs(date.year));
  else
    append_digits(out, date.year, 4);
  out += '-';
  append_digits(out, date.month, 2);
  out += '-';
  append_digits(out, date.day, 2);
  const std::int64_t seconds = rest / 1'000'000;
  out += 'T';
  append_digits(out, seconds / 3600, 2);
  out += ':';
  append_digits(out, seconds / 60 % 60, 2);
  out += ':';
  append_digits(out, seconds % 60, 2);
  out += '.';
  append_digits(out, rest % 1'000'000 / 1000, 3);
  out += 'Z';
}

std::string to_rfc3339(Timestamp time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

std::string to_rfc3339_exact(Timestamp time) {
  std::string text = to_rfc3339(time);
  const std::int64_t micros = (time.time_since_epoch().count() % 1000 + 1000) % 1000;
  if (micros != 0 && time != infinite_future && time != infinite_past) {
    text.pop_back();
    append_digits(text, micros, 3);
    text += 'Z';
  }
  return text;
}

std::string to_local_time(Timestamp time) {
  const auto seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm parts{};
  if (time == infinite_future || time == infinite_past || ::localtime_r(&seconds, &parts) == nullptr)
    return to_rfc3339(time);
  // The wall clock is printed as the moment whose UTC it would be.
  std::string text = to_rfc3339(Timestamp(std::chrono::seconds(seconds + parts.tm_gmtoff)));
  text.resize(text.size() - std::string_view(".000Z").size());
  text[text.find('T')] = ' ';
  const long minutes = std::abs(parts.tm_gmtoff) / 60;
  return text + fmt::format("{}{:02}:{:02}", parts.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::optional<Timestamp> parse_timestamp(std::string_view text, Zone unmarked) {
  if (text == "infinity") return infinite_future;
  if (text == "-infinity") return infinite_past;
  std::size_t position = 0;
  bool before_christ = false;
  if (text.ends_with(" BC")) {
    before_christ = true;
    text.remove_suffix(3);
  }
  const bool negative = !before_christ && skip(text, position, '-');
  auto year = read_digits(text, position, 0, 4);
  if (!year || *year > 300'000 || !skip(text, position, '-')) return std::nullopt;
  if (negative) year = -*year;
  const auto month = read_digits(text, position, 2);
  if (!month || *month < 1 || *month > 12 || !skip(text, position, '-')) return std::nullopt;
  if (before_christ) year = 1 - *year;
  const auto day = read_digits(text, position, 2);
  if (!day || *day < 1 || *day > last_day(*year, *month)) return std::nullopt;
  const std::int64_t days = days_from_civil(*year, *month, *day);
  if (position == text.size()) return in_zone(at(days, 0), unmarked);
  if (!skip(text, position, 'T') && !skip(text, position, 't') && !skip(text, position, ' ')) return std::nullopt;

  const auto hour = read_digits(text, position, 2);
  if (!hour || *hour > 24 || !skip(text, position, ':')) return std::nullopt;
  const auto minute = read_digits(text, position, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t second = 0, micros = 0;
  if (skip(text, position, ':')) {
    const auto read = read_digits(text, position, 2);
    if (!read || *read > 60) return std::nullopt;
    second = *read;
    if (skip(text, position, '.')) {
      std::int64_t scale = 100'000;
      const std::size_t start = position;
      for (; position < text.size() && text[position] >= '0' && text[position] <= '9'; ++position, scale /= 10)
        micros += (text[position] - '0') * scale;
      if (position == start || position - start > 9) return std::nullopt;
    }
  }
  if (*hour == 24 && (*minute != 0 || second != 0 || micros != 0)) return std::nullopt;
  const bool marked = position < text.size();
  const auto zone = read_zone(text, position);
  if (!zone || position != text.size()) return std::nullopt;
  const Timestamp time = at(days, (*hour * 3600 + *minute * 60 + second - *zone) * 1'000'000 + micros);
  return marked ? time : in_zone(time, unmarked);
}

std::optional<Timestamp> parse_moment(std::string_view text, Timestamp now, Zone unmarked) {
  if (text == "now") return now;
  const bool from_now = text.starts_with("now-");
  const std::string_view tail = from_now ? text.substr(4) : text;
  const bool all_digits = !tail.empty() && tail.find_first_not_of("0123456789") == std::string_view::npos;
  if (all_digits && !from_now) {
    std::int64_t number = 0;
    const auto [rest, problem] = std::from_chars(tail.data(), tail.data() + tail.size(), number);
    if (problem != std::errc() || rest != tail.data() + tail.size()) return std::nullopt;
    if (tail.size() == 13) return Timestamp(std::chrono::milliseconds(number));
    if (tail.size() <= 10) return Timestamp(std::chrono::seconds(number));
    return std::nullopt;
  }
  if (const auto duration = parse_duration(tail); duration && !all_digits) {
    const std::int64_t since_epoch = now.time_since_epoch().count();
    std::int64_t result = 0;
    if (__builtin_sub_overflow(since_epoch, duration->count() * 1000, &result)) return infinite_past;
    return Timestamp(microseconds(result));
  }
  return from_now ? std::nullopt : parse_timestamp(text, unmarked);
}

}  // namespace queuetrace

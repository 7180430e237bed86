#include "backends/systems/described/time_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/systems/described/literal.hpp"
#include "model/error.hpp"
#include "model/time.hpp"

namespace queuetrace::described {
namespace {

struct Unit {
  std::string_view name;
  double a_second;             ///< how many of them
  std::string_view interval;   ///< what a number is multiplied by in PostgreSQL
  std::string_view in_micros;  ///< in SQLite
};

constexpr std::array units{Unit{"s", 1, "interval '1 second'", "CAST({} * 1000000 AS INTEGER)"},
                           Unit{"ms", 1e3, "interval '1 millisecond'", "CAST({} * 1000 AS INTEGER)"},
                           Unit{"us", 1e6, "interval '1 microsecond'", "CAST({} AS INTEGER)"},
                           Unit{"ns", 1e9, "0.001 * interval '1 microsecond'", "CAST({} / 1000 AS INTEGER)"}};

/// The seconds of the years 1 and 9999.
constexpr double earliest = -62'135'596'800, latest = 253'402'300'799;

const Unit& unit_of(std::string_view name) {
  const auto found = std::ranges::find(units, name, &Unit::name);
  if (found == units.end())
    throw Error(ErrorKind::usage, "it holds numbers")
        .with_hint("say what they count since 1970: epoch = \"s\", \"ms\", \"us\" or \"ns\"");
  return *found;
}

std::string zone_of(const TimeReading& how) {
  return quoted_text(SqlFlavour::postgresql, how.zone.empty() ? "UTC" : how.zone);
}

std::string on_postgresql(const std::string& value, const LiveColumn& column, const TimeReading& how) {
  const std::string own = how.absent == nullptr ? value
                                                : fmt::format("nullif({}, {})", value,
                                                              literal_of(SqlFlavour::postgresql, column, *how.absent));
  switch (column.kind) {
    case ColumnKind::zoned_time: return own;
    case ColumnKind::time: return fmt::format("({} AT TIME ZONE {})", own, zone_of(how));
    case ColumnKind::date: return fmt::format("({}::timestamp AT TIME ZONE {})", own, zone_of(how));
    case ColumnKind::integer:
    case ColumnKind::number: {
      const Unit& unit = unit_of(how.unit);
      return fmt::format("CASE WHEN {0} BETWEEN {1:.0f} AND {2:.0f} THEN 'epoch'::timestamptz + {3} * {4} END", value,
                         std::max(earliest * unit.a_second, -9.2e18), std::min(latest * unit.a_second, 9.2e18), own,
                         unit.interval);
    }
    default: throw Error(ErrorKind::usage, fmt::format("a column of type {} holds no times", column.type));
  }
}

/// A text to the microsecond: the seconds by SQLite, the digits of the fraction behind them. A zone that the text names
/// counts, else that of the description.
std::string of_text(const std::string& value, std::string_view zone) {
  const std::string rest = fmt::format("substr({}, 20)", value);
  const std::string fraction = fmt::format("substr({}, 21)", value);
  const bool is_utc = zone.empty() || zone == "UTC";
  const std::string own_zone = fmt::format("ltrim({}, '.0123456789')", rest);
  return fmt::format(
      "CAST(strftime('%s', substr({0}, 1, 19) || {1}) AS INTEGER) * 1000000 + CAST(substr(substr({2}, 1, "
      "length({2}) - length(ltrim({2}, '0123456789'))) || '000000', 1, 6) AS INTEGER) * (substr({0}, 20, 1) = '.')",
      value,
      is_utc ? own_zone : fmt::format("coalesce(nullif({}, ''), {})", own_zone, quoted_text(SqlFlavour::sqlite, zone)),
      fraction);
}

std::string on_sqlite(const std::string& value, const TimeReading& how) {
  std::string cases = fmt::format("CASE typeof({}) WHEN 'text' THEN {}", value, of_text(value, how.zone));
  if (!how.unit.empty()) {
    const std::string number = fmt::format(fmt::runtime(unit_of(how.unit).in_micros), value);
    cases += fmt::format(" WHEN 'integer' THEN {0} WHEN 'real' THEN {0}", number);
  }
  cases += " END";
  if (how.absent == nullptr) return cases;
  if (const auto time = parse_timestamp(how.absent->text); time && how.absent->kind == DescribedLiteral::Kind::text)
    return fmt::format("nullif({}, {})", cases, time->time_since_epoch().count());
  const LiveColumn any{"", ColumnKind::dynamic};
  return fmt::format("CASE WHEN {} IS NOT {} THEN {} END", value, literal_of(SqlFlavour::sqlite, any, *how.absent),
                     cases);
}

}  // namespace

std::string time_of(SqlFlavour flavour, const std::string& value, const LiveColumn& column, const TimeReading& how) {
  return flavour == SqlFlavour::postgresql ? on_postgresql(value, column, how) : on_sqlite(value, how);
}

bool is_zone(SqlFlavour flavour, std::string_view zone) {
  if (zone.empty() || zone == "UTC") return true;
  if (flavour == SqlFlavour::postgresql)
    return zone.size() <= 64 && std::ranges::all_of(zone, [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                    c == '/' || c == '+' || c == '-' || c == ':';
           });
  return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
         std::ranges::all_of(std::string{zone[1], zone[2], zone[4], zone[5]},
                             [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace queuetrace::described

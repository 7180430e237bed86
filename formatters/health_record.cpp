#include "formatters/health_record.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "formatters/statistics_record.hpp"
#include "model/age.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_health{Column{.field = "status", .heading = "STATUS"},
                                       Column{.field = "source", .heading = "SOURCE"},
                                       Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
                                       Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
                                       Column{.field = "check", .heading = "CHECK"},
                                       Column{.field = "value", .heading = "VALUE", .right = true},
                                       Column{.field = "exactness", .heading = "EXACTNESS"},
                                       Column{.field = "limit", .heading = "LIMIT", .right = true},
                                       Column{.field = "unit", .heading = "UNIT", .where = Where::never},
                                       Column{.field = "reason", .heading = "REASON", .wraps = true}};

constexpr std::array table_of_health{
    TableColumn{.field = "status", .heading = "STATUS", .attention = Attention::state},
    TableColumn{
        .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .drop = 2, .differs = true},
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    TableColumn{.field = "check", .heading = "CHECK"},
    TableColumn{.field = "value", .heading = "VALUE", .right = true},
    TableColumn{.field = "exactness", .heading = "EXACTNESS", .drop = 1, .nothing = "exact"},
    TableColumn{.field = "limit", .heading = "LIMIT", .right = true},
    TableColumn{.field = "reason", .heading = "REASON", .kind = CellKind::sentence}};

constexpr TableView view_of_health{table_of_health};

/// In the unit of the measure: a duration, a whole number, or percent with one decimal.
Value in_unit(HealthMeasure measure, double number, bool with_signs) {
  if (unit_of(measure) == "ms") return Milliseconds(std::llround(number));
  if (unit_of(measure) == "jobs") return static_cast<std::int64_t>(std::llround(number));
  const double percent = std::round(number * 10) / 10;
  if (with_signs) return fmt::format("{:.4g}%", percent);
  return percent;
}

/// A limit, and what was found, as people read ages; with more digits where both would look alike.
Value as_age(double number, double beside) {
  const Milliseconds age(std::llround(number)), other(std::llround(beside));
  return age != other && to_age(age) == to_age(other) ? to_human(age) : to_age(age);
}

Value shown_value(HealthMeasure measure, double number, double beside, bool for_people) {
  return for_people && unit_of(measure) == "ms" ? as_age(number, beside) : in_unit(measure, number, for_people);
}

}  // namespace

Record health_record(const HealthCheck& check, bool with_signs) {
  return {{"status", std::string(to_word(check.verdict))},
          {"check", std::string(to_word(check.measure))},
          {"source", text_or_nothing(check.source)},
          {"system", text_or_nothing(check.system)},
          {"queue", check.queue ? Value(*check.queue) : Value()},
          {"value", check.value ? shown_value(check.measure, *check.value, check.limit, with_signs) : Value()},
          {"exactness", check.value ? Value(std::string(to_word(check.exactness))) : Value()},
          {"limit", shown_value(check.measure, check.limit, check.value.value_or(check.limit), with_signs)},
          {"unit", std::string(unit_of(check.measure))},
          {"reason", text_or_nothing(check.reason)}};
}

std::span<const Column> health_columns() { return columns_of_health; }

const TableView& health_table() { return view_of_health; }

}  // namespace queuetrace

#include "formatters/plan_queue_record.hpp"

#include <array>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

constexpr std::array columns_of_queues{Column{.field = "queue", .heading = "QUEUE"},
                                       Column{.field = "jobs", .heading = "JOBS", .right = true},
                                       Column{.field = "first_ended_at", .heading = "FIRST ENDED"},
                                       Column{.field = "last_ended_at", .heading = "LAST ENDED"},
                                       Column{.field = "usual_error", .heading = "USUAL ERROR", .shrinkable = true},
                                       Column{.field = "usual_error_jobs", .heading = "OF JOBS", .right = true}};

/// `40m to 3h`: the last one to end, then the first.
DerivedText since(const Record& record, CellText& cells) {
  const std::string last = age_in(record, "last_ended_at", cells), first = age_in(record, "first_ended_at", cells);
  return {last == first ? last : last + " to " + first};
}

std::int64_t number_in(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return number == nullptr ? 0 : *number;
}

DerivedText usual_error(const Record& record, CellText& cells) {
  const Value* value = find_value(record, "usual_error");
  if (value == nullptr || std::holds_alternative<std::monostate>(*value)) return {};
  const std::string words = cells.line({"usual_error", *value});
  const std::int64_t say = number_in(record, "usual_error_jobs"), jobs = number_in(record, "jobs");
  return {say * 2 > jobs ? words : std::to_string(say) + " of " + std::to_string(jobs) + ": " + words};
}

constexpr std::array table_of_queues{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 16},
    TableColumn{.field = "jobs", .heading = "JOBS", .right = true},
    TableColumn{.field = "first_ended_at", .heading = "SINCE", .drop = 1, .text = since},
    TableColumn{.field = "usual_error",
                .heading = "MOST OF THEM SAY",
                .kind = CellKind::text,
                .least = 24,
                .text = usual_error}};

constexpr TableView view_of_queues{table_of_queues};

}  // namespace

Record plan_queue_record(const PlanQueue& queue) {
  const auto& error = queue.usual_error;
  return {{"queue", queue.queue},
          {"jobs", static_cast<std::int64_t>(queue.jobs)},
          {"first_ended_at", known_or_nothing(queue.first_end)},
          {"last_ended_at", known_or_nothing(queue.last_end)},
          {"usual_error", error ? Value(error->first) : Value()},
          {"usual_error_jobs", error ? Value(static_cast<std::int64_t>(error->second)) : Value()}};
}

Record plan_rest_record(const std::string& words, std::uint64_t jobs) {
  return {{"queue", words}, {"jobs", static_cast<std::int64_t>(jobs)}};
}

std::span<const Column> plan_queue_columns() { return columns_of_queues; }

const TableView& plan_queue_table() { return view_of_queues; }

}  // namespace queuetrace

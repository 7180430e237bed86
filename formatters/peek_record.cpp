#include "formatters/peek_record.hpp"

#include <array>
#include <vector>

#include "formatters/cell.hpp"
#include "formatters/job_record.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array waiting_list{Column{.field = "source", .heading = "SOURCE", .where = Where::wide},
                                  Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
                                  Column{.field = "reason", .heading = "REASON"},
                                  Column{.field = "count", .heading = "COUNT", .right = true},
                                  Column{.field = "count_exactness", .heading = "EXACTNESS"},
                                  Column{.field = "earliest_at", .heading = "EARLIEST"},
                                  Column{.field = "sample", .heading = "SAMPLE", .where = Where::wide},
                                  Column{.field = "explanation", .heading = "EXPLANATION", .wraps = true}};

/// Position, then the columns of a job with those in front that say what a worker looks at.
std::vector<Column> make_peek_columns() {
  std::vector<Column> columns{{.field = "position", .heading = "NEXT", .right = true}};
  for (Column column : job_columns()) {
    if (column.field == "priority" || column.field == "scheduled_at") column.where = Where::table;
    if (column.field == "error") column.where = Where::wide;
    columns.push_back(column);
  }
  columns.push_back({.field = "order_exact", .heading = "EXACT ORDER", .where = Where::wide});
  return columns;
}

const Timestamp* time_of(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  return value == nullptr ? nullptr : std::get_if<Timestamp>(value);
}

DerivedText age(const Record& record, CellText& cells) { return {age_in(record, "created_at", cells)}; }

/// `38m ago`, `in 5m`: when the job may run, its creation where nothing else is said.
DerivedText due(const Record& record, CellText& cells) {
  const Timestamp* time = time_of(record, "scheduled_at");
  if (time == nullptr) time = time_of(record, "created_at");
  return {time == nullptr ? std::string() : cells.moment(*time)};
}

/// `their time has not come; the next in 8h52m`
DerivedText why(const Record& record, CellText& cells) {
  const Value* value = find_value(record, "explanation");
  std::string text = value == nullptr ? std::string() : cells.line({"explanation", *value});
  if (const Timestamp* time = time_of(record, "earliest_at"))
    text += (cells.until(*time).empty() ? "; overdue: the first was due " : "; the next ") + cells.moment(*time);
  return {std::move(text)};
}

constexpr std::array next_columns{
    TableColumn{.field = "position", .heading = "#", .right = true},
    TableColumn{.field = "id", .heading = "ID", .kind = CellKind::id},
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 16, .differs = true},
    TableColumn{.field = "priority", .heading = "PRI", .right = true},
    TableColumn{.field = "due", .heading = "DUE", .right = true, .text = due},
    TableColumn{.field = "created_at", .heading = "AGE", .right = true, .drop = 3, .text = age},
    TableColumn{.field = "attempts", .heading = "TRY", .right = true, .drop = 4, .out_of = "max_attempts"},
    TableColumn{
        .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .drop = 5, .differs = true},
    TableColumn{.field = "trace_id", .heading = "TRACE", .kind = CellKind::trace, .drop = 1, .from_width = 100},
    TableColumn{
        .field = "kind", .heading = "KIND", .kind = CellKind::name, .least = 12, .drop = 2, .same_as = "queue"}};

constexpr std::array held_columns{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 16, .differs = true},
    TableColumn{
        .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .drop = 2, .differs = true},
    TableColumn{.field = "count", .heading = "HELD", .right = true},
    TableColumn{.field = "count_exactness", .heading = "EXACTNESS", .drop = 1, .nothing = "exact"},
    TableColumn{.field = "reason", .heading = "REASON"},
    TableColumn{.field = "explanation", .heading = "WHY", .kind = CellKind::sentence, .text = why}};

constexpr TableView next_table{next_columns};
constexpr TableView held_table{held_columns};

}  // namespace

Record peek_record(const PeekQueue& queue, const Job& job, std::int64_t position, const JobLinks& links,
                   Timestamp now) {
  Record fields = job_record(job, links, now);
  for (Field& field : fields)
    if (field.name == "queue" && field.value.index() == 0) field.value = queue.queue;
  Record record{{"position", position}, {"order_exact", queue.exact}};
  record.insert(record.end(), std::make_move_iterator(fields.begin()), std::make_move_iterator(fields.end()));
  return record;
}

std::span<const Column> peek_columns() {
  static const std::vector<Column> columns = make_peek_columns();
  return columns;
}

Record waiting_record(const std::string& source, const PeekQueue& queue, const Waiting& waiting) {
  Record record{{"source", source}, {"queue", queue.queue}, {"reason", waiting.reason}};
  record.push_back({"count", waiting.count ? Value(static_cast<std::int64_t>(*waiting.count)) : Value()});
  record.push_back(
      {"count_exactness", waiting.count ? Value(std::string(waiting.capped ? "at_least" : "exact")) : Value()});
  record.push_back({"earliest_at", waiting.earliest ? Value(*waiting.earliest) : Value()});
  record.push_back({"sample", waiting.sample ? Value(*waiting.sample) : Value()});
  record.push_back({"explanation", waiting.explanation});
  return record;
}

std::span<const Column> waiting_columns() { return waiting_list; }

const TableView& peek_table() { return next_table; }

const TableView& waiting_table() { return held_table; }

}  // namespace queuetrace

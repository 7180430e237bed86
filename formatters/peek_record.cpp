#include "formatters/peek_record.hpp"

#include <array>
#include <vector>

#include "formatters/job_record.hpp"

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

}  // namespace

Record peek_record(const PeekQueue& queue, const Job& job, std::int64_t position, const JobLinks& links) {
  Record fields = job_record(job, links);
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

}  // namespace queuetrace

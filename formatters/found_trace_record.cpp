#include "formatters/found_trace_record.hpp"

#include <array>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "formatters/table_view.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns{Column{.field = "trace_id", .heading = "TRACE"},
                             Column{.field = "name", .heading = "NAME", .shrinkable = true},
                             Column{.field = "service", .heading = "SERVICE", .shrinkable = true},
                             Column{.field = "begin", .heading = "BEGIN"},
                             Column{.field = "duration_ms", .heading = "DURATION", .right = true},
                             Column{.field = "spans", .heading = "SPANS", .right = true},
                             Column{.field = "errors", .heading = "ERRORS", .right = true},
                             Column{.field = "trace_url", .heading = "TRACE URL", .where = Where::wide}};

DerivedText age_of_trace(const Record& record, CellText& cells) { return {age_in(record, "begin", cells)}; }

constexpr std::array table_columns{
    TableColumn{.field = "trace_id", .heading = "TRACE"},
    TableColumn{.field = "begin", .heading = "AGE", .right = true, .text = age_of_trace},
    TableColumn{.field = "duration_ms", .heading = "TOOK", .right = true},
    TableColumn{.field = "spans", .heading = "SPANS", .right = true, .drop = 1},
    TableColumn{.field = "errors", .heading = "ERR", .right = true, .attention = Attention::failures, .nothing = "0"},
    TableColumn{.field = "service", .heading = "SERVICE", .kind = CellKind::name},
    TableColumn{.field = "name", .heading = "NAME", .kind = CellKind::text, .least = 12}};

constexpr TableView table{table_columns};

}  // namespace

Heading found_traces_heading() {
  return {"queuetrace.found_traces/1", "traces", columns, Heading::Layout::list, "trace_id", &table};
}

}  // namespace queuetrace

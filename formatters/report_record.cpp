#include "formatters/report_record.hpp"

#include <array>

#include "formatters/table_view.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_report{
    Column{.field = "ref", .heading = "ID"},
    Column{.field = "outcome", .heading = "OUTCOME"},
    Column{.field = "state", .heading = "STATE WAS"},
    Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
    Column{.field = "kind", .heading = "KIND", .where = Where::wide, .shrinkable = true},
    Column{.field = "reason", .heading = "REASON", .wraps = true},
    Column{.field = "cause", .heading = "CAUSE", .wraps = true},
    Column{.field = "id", .heading = "JOB ID", .where = Where::never}};

constexpr std::array table_of_report{
    TableColumn{.field = "id", .heading = "ID", .kind = CellKind::id},
    TableColumn{.field = "outcome", .heading = "OUTCOME"},
    TableColumn{.field = "state", .heading = "STATE WAS", .attention = Attention::state},
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    TableColumn{.field = "kind", .heading = "KIND", .kind = CellKind::name, .least = 12, .drop = 1, .same_as = "queue"},
    TableColumn{.field = "reason", .heading = "REASON", .kind = CellKind::sentence},
    TableColumn{.field = "cause", .heading = {}, .kind = CellKind::message}};
constexpr TableView view_of_report{table_of_report};

}  // namespace

Record report_record(const Target& target, const TargetReport& report) {
  const Job& job = target.job;
  return {{"ref", Untrusted(job.ref.source + "/" + job.ref.id.raw())},
          {"id", job.ref.id},
          {"queue", known_or_nothing(job.queue)},
          {"kind", known_or_nothing(job.kind)},
          {"state", job.state == JobState::unknown ? Value() : Value(std::string(to_word(job.state)))},
          {"outcome", std::string(to_word(report.outcome))},
          {"reason", report.reason.empty() ? Value() : Value(report.reason)},
          {"cause", report.cause.empty() ? Value() : Value(report.cause)}};
}

std::span<const Column> report_columns() { return columns_of_report; }
const TableView& report_table() { return view_of_report; }

}  // namespace queuetrace

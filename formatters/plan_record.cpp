#include "formatters/plan_record.hpp"

#include <array>

#include "formatters/table_view.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_plan{
    Column{.field = "ref", .heading = "ID"},
    Column{.field = "verdict", .heading = "VERDICT"},
    Column{.field = "state", .heading = "STATE"},
    Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
    Column{.field = "kind", .heading = "KIND", .where = Where::wide, .shrinkable = true},
    Column{.field = "reason", .heading = "REASON", .wraps = true},
    Column{.field = "effect", .heading = "BESIDE IT", .wraps = true},
    Column{.field = "error", .heading = "ERROR", .where = Where::wide, .shrinkable = true},
    Column{.field = "native_state", .heading = "NATIVE STATE", .where = Where::wide},
    Column{.field = "may_force", .heading = "MAY FORCE", .where = Where::wide},
    Column{.field = "id", .heading = "JOB ID", .where = Where::never}};

constexpr std::array table_of_plan{
    TableColumn{.field = "id", .heading = "ID", .kind = CellKind::id},
    TableColumn{.field = "verdict", .heading = "VERDICT", .nothing = "act"},
    TableColumn{.field = "state", .heading = "STATE", .attention = Attention::state},
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    TableColumn{.field = "kind", .heading = "KIND", .kind = CellKind::name, .least = 12, .drop = 1, .same_as = "queue"},
    TableColumn{.field = "reason", .heading = "REASON", .kind = CellKind::sentence},
    TableColumn{.field = "effect", .heading = "BESIDE IT", .kind = CellKind::sentence}};
constexpr TableView view_of_plan{table_of_plan};

constexpr std::array verdicts{Column{.field = "word", .heading = "VERDICT"},
                              Column{.field = "jobs", .heading = "JOBS", .right = true},
                              Column{.field = "reason", .heading = "REASON", .wraps = true}};
constexpr std::array outcomes{Column{.field = "word", .heading = "OUTCOME"},
                              Column{.field = "jobs", .heading = "JOBS", .right = true},
                              Column{.field = "reason", .heading = "REASON", .wraps = true}};

}  // namespace

Record plan_record(const Target& target) {
  const Job& job = target.job;
  return {{"ref", Untrusted(job.ref.source + "/" + job.ref.id.raw())},
          {"id", job.ref.id},
          {"queue", known_or_nothing(job.queue)},
          {"kind", known_or_nothing(job.kind)},
          {"state", std::string(to_word(job.state))},
          {"native_state", known_or_nothing(job.native_state)},
          {"error", known_or_nothing(job.error)},
          {"verdict", std::string(to_word(target.verdict))},
          {"reason", text_or_nothing(target.reason)},
          {"effect", text_or_nothing(target.effect)},
          {"may_force", target.verdict == Verdict::act ? Value() : Value(target.may_force)}};
}

std::span<const Column> plan_columns() { return columns_of_plan; }
const TableView& plan_table() { return view_of_plan; }

Record count_record(const std::string& word, const std::string& reason, std::uint64_t jobs) {
  return {{"word", word}, {"jobs", static_cast<std::int64_t>(jobs)}, {"reason", text_or_nothing(reason)}};
}

std::span<const Column> verdict_count_columns() { return verdicts; }
std::span<const Column> outcome_count_columns() { return outcomes; }

}  // namespace queuetrace

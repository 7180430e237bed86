#include "formatters/wait_record.hpp"

#include <array>

#include "formatters/statistics_record.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_wait{Column{.field = "outcome", .heading = "OUTCOME"},
                                     Column{.field = "condition", .heading = "CONDITION", .wraps = true},
                                     Column{.field = "matching", .heading = "MATCHING", .right = true},
                                     Column{.field = "matching_exactness", .heading = "EXACTNESS"},
                                     Column{.field = "state", .heading = "STATE"},
                                     Column{.field = "ended", .heading = "ENDED", .where = Where::wide},
                                     Column{.field = "samples", .heading = "SAMPLES", .where = Where::wide},
                                     Column{.field = "looks", .heading = "LOOKS", .where = Where::wide, .right = true},
                                     Column{.field = "elapsed_ms", .heading = "WAITED", .right = true}};

constexpr std::array table_of_wait{
    TableColumn{.field = "outcome", .heading = "OUTCOME", .attention = Attention::state},
    TableColumn{.field = "matching", .heading = "MATCHING", .right = true},
    TableColumn{.field = "matching_exactness", .heading = "EXACTNESS", .drop = 1, .nothing = "exact"},
    TableColumn{.field = "state", .heading = "STATE", .attention = Attention::state},
    TableColumn{.field = "elapsed_ms", .heading = "WAITED", .right = true},
    TableColumn{.field = "condition", .heading = "CONDITION", .kind = CellKind::sentence}};

constexpr TableView view_of_wait{table_of_wait};

}  // namespace

Record wait_record(const WaitResult& result) {
  Values samples;
  for (const JobRef& ref : result.samples) samples.emplace_back(Untrusted(ref.source + "/" + ref.id.raw()));
  Fields ended;
  for (const auto& [state, jobs] : result.ended)
    ended.push_back({std::string(to_word(state)), static_cast<std::int64_t>(jobs)});
  if (result.gone > 0) ended.push_back({"gone", static_cast<std::int64_t>(result.gone)});
  return {{"outcome", std::string(to_word(result.outcome))},
          {"condition", Untrusted(result.condition)},
          {"matching", static_cast<std::int64_t>(result.matching)},
          {"matching_exactness", std::string(to_word(result.more ? Exactness::at_least : Exactness::exact))},
          {"state", result.state ? Value(std::string(to_word(*result.state))) : Value()},
          {"samples", samples.empty() ? Value() : Value(std::move(samples))},
          {"ended", ended.empty() ? Value() : Value(std::move(ended))},
          {"looks", static_cast<std::int64_t>(result.looks)},
          {"elapsed_ms", result.elapsed}};
}

std::span<const Column> wait_columns() { return columns_of_wait; }

const TableView& wait_table() { return view_of_wait; }

}  // namespace queuetrace

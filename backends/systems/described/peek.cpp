#include "backends/systems/described/peek.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/engines/sql/flavour.hpp"

namespace queuetrace::described {
namespace {

/// `-priority`: descending, unless a column has that very name.
std::string key_of(const std::string& text, const FittedTable& table, TableSql& sql, bool& unique) {
  const bool descending = text.starts_with('-') && !table.live.columns.contains(text);
  const Reference value = sql.reference(descending ? std::string_view(text).substr(1) : std::string_view(text));
  if (!value.members.empty() || value.is_count)
    throw Error(ErrorKind::usage, fmt::format("'{}' must be a column, not a path into one", text));
  unique = value.live->is_unique && value.live->is_filled;
  return sql.column(value) + (descending ? " DESC" : "");
}

/// Jobs of `state` that have no time, or whose time has come.
std::string due(const std::string& state, const std::string& scheduled, SqlFlavour flavour) {
  if (state.empty() || scheduled.empty()) return state;
  return fmt::format("({0} AND ({1} IS NULL OR {1} <= {2}))", state, scheduled, current_time(flavour));
}

}  // namespace

void check_order(SqlFlavour flavour, const FittedTable& table, std::vector<ConfigurationProblem>& problems) {
  TableSql sql(flavour, *table.description, table.live);
  bool unique = false;
  for (const std::string& key : table.description->order)
    collect(problems, table.description->line, "order", [&] { key_of(key, table, sql, unique); });
}

void add_peek(SqlFlavour flavour, const FittedTable& table, const StateRules& rules, OwnedSystem& owned) {
  TableSql sql(flavour, *table.description, table.live);
  const BoundStates states = rules.bound();
  const std::string scheduled = sql.time("scheduled_at").value_or("");
  const std::string retrying = states.condition(JobState::retrying);
  const std::string later = states.condition(JobState::scheduled);
  if (table.description->order.empty()) return;
  std::vector<std::string> keys, choices;
  bool unique = false;
  for (const std::string& key : table.description->order) keys.push_back(key_of(key, table, sql, unique));
  for (std::string choice : {states.condition(JobState::pending), due(retrying, scheduled, flavour),
                             taken_again(*table.description, rules, sql, flavour)})
    if (!choice.empty()) choices.push_back(std::move(choice));
  if (choices.empty()) return;
  owned.peek.push_back({owned.keep(fmt::format("({})", fmt::join(choices, " OR "))),
                        owned.keep(fmt::format("{}", fmt::join(keys, ", ")))});
  if (!unique)
    owned.system.peek_note = owned.keep(fmt::format(
        "the order ({}) does not end in a unique column: rows that are equal in it may be taken in any order",
        fmt::join(table.description->order, ", ")));
  if (!later.empty())
    owned.waiting.push_back({"scheduled", "their time has not come", owned.keep(later), owned.keep(scheduled)});
  if (!retrying.empty() && !scheduled.empty())
    owned.waiting.push_back({"back-off", "an attempt failed and the next one is not due",
                             owned.keep(fmt::format("({} AND {} > {})", retrying, scheduled, current_time(flavour))),
                             owned.keep(scheduled)});
}

}  // namespace queuetrace::described

#include "backends/engines/sql/state_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {

namespace {

using state_groups::Column, state_groups::waits_row, state_groups::runs_row;

/// The later of two times; that one of them that is known where the other is NULL.
std::string later(SqlFlavour flavour, std::string_view left, std::string_view right) {
  if (flavour == SqlFlavour::postgresql) return fmt::format("greatest({}, {})", left, right);
  return fmt::format("max(coalesce({0}, {1}), coalesce({1}, {0}))", left, right);
}

/// The predicate of stale rows; empty where the relation tells none.
std::string stale_of(const BoundSystem& system, std::size_t index) {
  if (index == 0)
    for (const SqlNoteRule& rule : system.system->stale)
      if (system.meets(rule.needs)) return system.expand(rule.predicate);
  return {};
}

/// What the rows of one relation are grouped by.
struct Key {
  /// Beside their queue: the number of their rule, and of those of the window also how long they waited and ran, and 1
  /// if they ended in it, separated by blanks.
  std::string state;
  std::vector<std::string> inside;  ///< a row is of the window where one of these holds; empty: none is
};

/// `timed`: the condition that it is known when a failed job ended; empty: not asked.
Key key_of(const BoundSystem& system, std::size_t index, const BoundStates& states, const std::string& since,
           const std::string& timed) {
  const BoundRelation& relation = system.relations[index];
  const std::string number = states.empty() ? "'0'" : states.number({stale_of(system, index), timed});
  if (since.empty()) return {number, {}};
  std::vector<std::string> inside;
  const auto within = [&](const std::string& time) {
    const std::string condition = fmt::format("{} >= {}", time, since);
    if (std::ranges::find(inside, condition) == inside.end()) inside.push_back(condition);
    return condition;
  };
  std::string parts;
  for (const bool waits : {true, false}) {
    parts += " || ' '";
    const std::optional<SampledTime> time = sampled_time(system, index, waits);
    if (!time) continue;
    const std::string condition =
        within(time->until) + (time->valid.empty() ? "" : fmt::format(" AND ({})", time->valid));
    parts +=
        fmt::format(" || coalesce({}, '')",
                    as_text(system.flavour, fmt::format("CASE WHEN {} THEN {} END", condition, time->milliseconds)));
  }
  if (const std::string& finished = relation.field(SqlField::finished_at); !finished.empty())
    parts += fmt::format(" || CASE WHEN {} THEN ' 1' ELSE '' END", within(finished));
  if (inside.empty()) return {number, {}};
  return {fmt::format("CASE WHEN {} THEN {}{} ELSE {} END", fmt::join(inside, " OR "), number, parts, number), inside};
}

/// Which times can be true (model/plausible_time.hpp), as SQL that names a time once, whatever it takes to compute it.
struct Plausible {
  SqlFlavour flavour = SqlFlavour::postgresql;
  std::string too_early, too_late;  ///< the nearest times that cannot; empty: every time is taken as it is

  std::string past(const std::string& time) const {
    if (!is_asked()) return time;
    return fmt::format("nullif({0}({1}, {2}), {2})", is_postgresql() ? "least" : "min", planned(time), too_late);
  }
  std::string planned(const std::string& time) const {
    if (!is_asked()) return time;
    return fmt::format("nullif({0}({1}, {2}), {2})", is_postgresql() ? "greatest" : "max", time, too_early);
  }
  bool is_asked() const { return !too_early.empty(); }

 private:
  bool is_postgresql() const { return flavour == SqlFlavour::postgresql; }
};

/// The groups of one relation. `since` is empty where there is no window; `logged`: its times come from a log and are
/// told of the first and last job only.
std::string groups_of(const BoundSystem& system, std::size_t index, const BoundStates& states, const std::string& since,
                      bool logged, const Plausible& plausible, const std::string& where) {
  const SqlFlavour flavour = system.flavour;
  const BoundRelation& relation = system.relations[index];
  const std::string null_time = cast_to(flavour, SqlType::time, "NULL");
  const std::string& created = relation.field(SqlField::created_at);
  const std::string& finished = relation.field(SqlField::finished_at);
  const bool rated = !since.empty() && !logged && !finished.empty();
  const std::string created_at = logged ? null_time : or_null(created, null_time),
                    scheduled_at = or_null(relation.field(SqlField::scheduled_at), null_time);
  const Key key = key_of(system, index, states, logged ? "" : since, rated ? finished + " IS NOT NULL" : "");
  std::string list = fmt::format("{} AS queue, {} AS state, {} AS past, {} AS planned, {} AS id",
                                 or_null(relation.field(SqlField::queue), "''"), key.state,
                                 logged ? null_time : plausible.past(created_at), plausible.planned(scheduled_at),
                                 logged ? std::string(system.system->id_expression) : std::string("NULL"));
  // Whether a time can be true is asked once per row, in the inner query, however many aggregates read it.
  std::string untimed = "0", untimed_again = "0";
  if (plausible.is_asked()) {
    list += fmt::format(", {} AS created, {} AS scheduled", created_at, scheduled_at);
    if (!logged) untimed = "count(CASE WHEN past IS NULL AND planned IS NULL THEN coalesce(created, scheduled) END)";
    untimed_again = "count(CASE WHEN planned IS NULL THEN scheduled END)";
  }
  const std::string groups = fmt::format(
      "SELECT {0} AS relation, {1} AS queue, state, count(*) AS number, min(past) AS oldest, max(past) AS newest, {2} "
      "AS timed, min({3}) AS due, min(planned) AS due_again, {4} AS untimed, {5} AS untimed_again{6} FROM (SELECT {7} "
      "FROM {8} j{9}{10}{11}) r GROUP BY queue, state",
      index, as_text(flavour, "queue"),
      rated ? fmt::format("CASE WHEN {} LIKE '%+' THEN count(*) ELSE 0 END", part_of(flavour, "state", 1)) : "0",
      later(flavour, "past", "planned"), untimed, untimed_again,
      logged ? ", min(id) AS first, max(id) AS last, min(CASE WHEN planned IS NULL THEN id END) AS unscheduled" : "",
      list, relation.table, relation.joins_for(list + where), where, closed_subquery(flavour));
  if (!logged) return groups;
  const auto created_of = [&](std::string_view which) {
    const std::string time =
        fmt::format("(SELECT {} FROM {} j{} WHERE {} = c.{})", or_null(created, null_time), relation.table,
                    relation.joins_for(created), system.system->id_expression, which);
    return plausible.past(time);
  };
  return fmt::format(
      "SELECT relation, queue, state, number, least(oldest, {}) AS oldest, greatest(newest, {}) AS newest, timed, "
      "least(due, {}) AS due, due_again, untimed, untimed_again FROM ({}) c",
      created_of("first"), created_of("last"), created_of("unscheduled"), groups);
}

/// The groups of one relation as its summary keeps them, and with a window those of the rows in it once more. `extra`
/// says of each how many of its jobs were counted before, so that only what happened to them is told.
std::string summarised_groups_of(const BoundSystem& system, std::size_t index, const std::string& since,
                                 const Plausible& plausible, const StatisticsQuery& query, Parameters& parameters) {
  const BoundRelation& relation = system.relations[index];
  const Key key = key_of(system, index, relation.states, since, "");
  const std::string summary = fmt::format(
      "SELECT {} AS relation, {} AS queue, {} AS state, number, oldest, newest, timed, due, due_again, untimed, "
      "untimed_again, 0 AS extra FROM "
      "{} j{}",
      index, queue_text(system, relation), key_of(system, index, relation.states, "", "").state, relation.summary,
      where_rows(system, index, query.queues, parameters));
  if (key.inside.empty()) return summary;
  // One index a condition finds them: told all at once, SQLite would rather walk the rows in the order of their groups.
  std::string places;
  const std::string_view place = system.system->storage.front().expression;
  for (const std::string& condition : key.inside)
    places += fmt::format("{}SELECT {} FROM {} j WHERE {}", places.empty() ? "" : " UNION ", place, relation.table,
                          condition);
  const std::string where =
      where_rows(system, index, query.queues, parameters, fmt::format("{} IN ({})", place, places));
  return fmt::format("{} UNION ALL SELECT *, number AS extra FROM ({}) w", summary,
                     groups_of(system, index, relation.states, since, false, plausible, where));
}

/// What the groups of all relations come to: without a window themselves, else those of one rule together, and behind
/// them the percentiles of what their keys tell. `extra`: what of a group's number was counted before.
std::string summed(SqlFlavour flavour, const std::string& groups, bool windowed, std::string_view extra) {
  if (!windowed)
    return "SELECT relation, queue, state, number, oldest, newest, 0 AS ended, timed, due, due_again, untimed, "
           "untimed_again FROM (" +
           groups + ") g";
  const auto sample = [&](std::string_view row, int part) {
    const std::string null_time = cast_to(flavour, SqlType::time, "NULL");
    return fmt::format(
        "SELECT {0}, queue, NULL, NULL, {1}, {1}, NULL, NULL, {1}, {1}, NULL, NULL, samples, p50, p95, p99, maximum "
        "FROM ({2}) t",
        row, null_time,
        percentiles_of(fmt::format("SELECT queue, {} AS ms, number FROM counted",
                                   cast_to(flavour, SqlType::integer, part_of(flavour, "state", part)))));
  };
  return fmt::format(
      "WITH counted AS ({}) SELECT relation, queue, {} AS state, sum(number{}) AS number, min(oldest), max(newest), "
      "sum(CASE WHEN {} IS NOT NULL THEN number ELSE 0 END), sum(timed), min(due), min(due_again), sum(untimed), "
      "sum(untimed_again), NULL, NULL, NULL, NULL, NULL FROM counted GROUP BY relation, queue, {} UNION ALL {} UNION "
      "ALL {}",
      groups, part_of(flavour, "state", 1), extra, part_of(flavour, "state", 4), part_of(flavour, "state", 1),
      sample(waits_row, 2), sample(runs_row, 3));
}

}  // namespace

bool tells_times(const BoundSystem& system, std::size_t index) {
  return sampled_time(system, index, true) || sampled_time(system, index, false) ||
         !system.relations[index].field(SqlField::finished_at).empty();
}

bool tells_stale(const BoundSystem& system) { return !stale_of(system, 0).empty(); }

bool tells_impossible_times(const SqlResult& rows, SqlFlavour flavour, Timestamp now) {
  const auto is_true = [&](std::size_t row, Column column, Timestamp latest) {
    const auto text = rows.cell(row, column);
    if (!text) return true;
    const std::optional<Timestamp> time = read_time(flavour, *text);
    return time && *time >= earliest_plausible && *time <= latest;
  };
  for (std::size_t row = 0; row < rows.rows(); ++row)
    if (!is_true(row, Column::oldest, infinite_future) || !is_true(row, Column::newest, now + clock_tolerance) ||
        !is_true(row, Column::due_again, infinite_future))
      return true;
  return false;
}

SqlStatement state_groups_of(const BoundSystem& system, const GroupsRequest& request, Parameters parameters) {
  const StatisticsQuery& query = request.query;
  const auto is_logged = [&](std::size_t index) { return index == 0 && request.logged; };
  bool windowed = false;
  for (std::size_t i = 0; i < request.states.size() && request.only.empty() && query.window.count() > 0; ++i)
    windowed = windowed || (!is_logged(i) && tells_times(system, i));
  const std::string since = windowed ? window_start(system, request.now, query.window, parameters) : "";
  const bool summarised = request.only.empty() && !system.relations.front().summary.empty();
  Plausible plausible{system.flavour, {}, {}};
  if (request.checks_times && (!summarised || windowed)) {
    const auto time_of = [&](Timestamp time) {
      return cast_to(system.flavour, SqlType::time, parameters.add(time_value(system.flavour, time)));
    };
    constexpr std::chrono::microseconds next{1};
    plausible.too_early = time_of(earliest_plausible - next);
    plausible.too_late = time_of(request.now + clock_tolerance + next);
  }
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < request.states.size(); ++i)
    arms.push_back(summarised ? summarised_groups_of(system, i, since, plausible, query, parameters)
                              : groups_of(system, i, request.states[i], since, is_logged(i), plausible,
                                          where_rows(system, i, query.queues, parameters, request.only)));
  return {
      summed(system.flavour, fmt::format("{}", fmt::join(arms, " UNION ALL ")), windowed, summarised ? " - extra" : ""),
      parameters.take()};
}

}  // namespace queuetrace

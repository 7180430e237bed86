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

/// What the rows of one relation are grouped by, beside their queue.
struct Key {
  std::string state;  ///< the number of their rule
  /// Of those of the window how long they waited and ran, in ms, and 1 if they ended in it, separated by blanks; NULL:
  /// not of the window.
  std::string times;
  std::vector<std::string> inside;  ///< a row is of the window where one of these holds; empty: none is
};

/// `timed`: the condition that it is known when a failed job ended; empty: not asked.
Key key_of(const BoundSystem& system, std::size_t index, const BoundStates& states, const std::string& since,
           const std::string& timed) {
  const BoundRelation& relation = system.relations[index];
  Key key{states.empty() ? "0" : states.number({stale_of(system, index), timed}),
          std::string(null_text(system.flavour)),
          {}};
  if (since.empty()) return key;
  const auto within = [&](const std::string& time) {
    const std::string condition = fmt::format("{} >= {}", time, since);
    if (std::ranges::find(key.inside, condition) == key.inside.end()) key.inside.push_back(condition);
    return condition;
  };
  std::string parts;
  for (const bool waits : {true, false}) {
    const std::optional<SampledTime> time = sampled_time(system, index, waits);
    if (time) {
      const std::string condition =
          within(time->until) + (time->valid.empty() ? "" : fmt::format(" AND ({})", time->valid));
      parts +=
          fmt::format("coalesce({}, '') || ",
                      as_text(system.flavour, fmt::format("CASE WHEN {} THEN {} END", condition, time->milliseconds)));
    }
    parts += "' ' || ";
  }
  if (const std::string& finished = relation.field(SqlField::finished_at); !finished.empty())
    parts += fmt::format("CASE WHEN {} THEN '1' ELSE '' END", within(finished));
  else
    parts += "''";
  if (!key.inside.empty()) key.times = fmt::format("CASE WHEN {} THEN {} END", fmt::join(key.inside, " OR "), parts);
  return key;
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

/// What is `again` for retrying jobs, of which nobody knows when they came due but what they are scheduled for, and
/// `first` for others.
std::string due_of(const BoundStates& states, std::string_view again, std::string_view first) {
  const std::string retrying = states.is_in("state", JobState::retrying);
  return retrying.empty() ? std::string(first)
                          : fmt::format("CASE WHEN {} THEN {} ELSE {} END", retrying, again, first);
}

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
  // A key that is NULL in every row would still be compared in each, a column that is not read computed.
  const bool windowed = !key.inside.empty();
  std::string list =
      fmt::format("{} AS queue, {} AS state, {} AS past, {} AS planned", or_null(relation.field(SqlField::queue), "''"),
                  key.state, logged ? null_time : plausible.past(created_at), plausible.planned(scheduled_at));
  if (windowed) list += fmt::format(", {} AS times", key.times);
  if (logged) list += fmt::format(", {} AS id", system.system->id_expression);
  const std::string over = BoundStates::is_over("state");
  // Whether a time can be true is asked once per row, in the inner query, however many aggregates read it.
  std::string untimed = "0";
  if (plausible.is_asked()) {
    list += fmt::format(", {} AS created, {} AS scheduled", created_at, scheduled_at);
    untimed = fmt::format(
        "count({}) FILTER (WHERE NOT {})",
        due_of(states, "CASE WHEN planned IS NULL THEN scheduled END",
               logged ? "NULL" : "CASE WHEN past IS NULL AND planned IS NULL THEN coalesce(created, scheduled) END"),
        over);
  }
  const std::string groups = fmt::format(
      "SELECT {0} AS relation, {1} AS queue, state, {2} AS times, count(*) AS number, min(past) AS oldest, max(past) "
      "AS "
      "newest, {3} AS timed, min({4}) FILTER (WHERE NOT {5}) AS due, {6} AS untimed{7} FROM (SELECT {8} FROM {9} "
      "j{10}{11}{12}) r GROUP BY queue, state{13}",
      index, as_text(flavour, "queue"), windowed ? "times" : null_text(flavour),
      rated ? fmt::format("CASE WHEN {} THEN count(*) ELSE 0 END", BoundStates::is_timed("state")) : "0",
      due_of(states, "planned", later(flavour, "past", "planned")), over, untimed,
      logged ? ", min(id) AS first, max(id) AS last, min(CASE WHEN planned IS NULL THEN id END) AS unscheduled" : "",
      list, relation.table, relation.joins_for(list + where), where, closed_subquery(flavour),
      windowed ? ", times" : "");
  if (!logged) return groups;
  const auto created_of = [&](std::string_view which) {
    const std::string time =
        fmt::format("(SELECT {} FROM {} j{} WHERE {} = c.{})", or_null(created, null_time), relation.table,
                    relation.joins_for(created), system.system->id_expression, which);
    return plausible.past(time);
  };
  return fmt::format(
      "SELECT relation, queue, state, times, number, least(oldest, {}) AS oldest, greatest(newest, {}) AS newest, "
      "timed, "
      "{} AS due, untimed FROM ({}) c",
      created_of("first"), created_of("last"),
      due_of(states, "due", fmt::format("least(due, {})", created_of("unscheduled"))), groups);
}

/// The groups of one relation as its summary keeps them, and with a window those of the rows in it once more. `extra`
/// says of each how many of its jobs were counted before, so that only what happened to them is told.
std::string summarised_groups_of(const BoundSystem& system, std::size_t index, const std::string& since,
                                 const Plausible& plausible, const StatisticsQuery& query, Parameters& parameters) {
  const BoundRelation& relation = system.relations[index];
  const Key key = key_of(system, index, relation.states, since, "");
  const std::string number = key_of(system, index, relation.states, "", "").state;
  const std::string summary = fmt::format(
      "SELECT relation, queue, state, NULL AS times, number, oldest, newest, timed, {} AS due, {} AS untimed, 0 AS "
      "extra "
      "FROM (SELECT {} AS relation, {} AS queue, {} AS state, number, oldest, newest, timed, due, due_again, untimed, "
      "untimed_again FROM {} j{})",
      due_of(relation.states, "due_again", "due"), due_of(relation.states, "untimed_again", "untimed"), index,
      queue_text(system, relation), number, relation.summary, where_rows(system, index, query.queues, parameters));
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
    return "SELECT relation, queue, state, number, oldest, newest, 0 AS ended, timed, due, untimed FROM (" + groups +
           ") g";
  const auto sample = [&](std::string_view row, int part) {
    const std::string null_time = cast_to(flavour, SqlType::time, "NULL");
    return fmt::format(
        "SELECT {0}, queue, NULL, NULL, {1}, {1}, NULL, NULL, {1}, NULL, samples, p50, p95, p99, maximum FROM ({2}) t",
        row, null_time,
        percentiles_of(fmt::format("SELECT queue, {} AS ms, number FROM counted",
                                   cast_to(flavour, SqlType::integer, part_of(flavour, "times", part)))));
  };
  return fmt::format(
      "WITH counted AS ({}) SELECT relation, queue, state, sum(number{}) AS number, min(oldest), max(newest), "
      "sum(CASE WHEN {} IS NOT NULL THEN number ELSE 0 END), sum(timed), min(due), sum(untimed), NULL, NULL, NULL, "
      "NULL, "
      "NULL FROM counted GROUP BY relation, queue, state UNION ALL {} UNION ALL {}",
      groups, extra, part_of(flavour, "times", 3), sample(waits_row, 1), sample(runs_row, 2));
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
        !is_true(row, Column::due, infinite_future))
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

// How many jobs of which state a queue has, since when, how many of them ended in the window, and how long those waited
// and ran: one pass over each relation, shared by the server's workers. Rows are grouped by the number of the rule that
// tells their state (states.hpp); the groups, a handful a queue, become states here. The few rows of the window carry
// their times in the same key, so that they are groups of their own: what was exact stays exact, and no aggregate is
// needed that workers cannot share.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

/// Columns of the statement's answer.
enum Column : std::size_t {
  relation,
  queue,
  state,
  number,
  oldest,
  newest,
  ended,
  timed,
  due,
  due_again,
  untimed,
  untimed_again,
  samples
};

/// Ids that stand in place of a condition at most.
constexpr std::size_t most_listed = 10'000;

/// In the place of a relation: rows whose columns from `samples` on are percentiles of waits, of runs.
constexpr std::string_view waits_row = "-1", runs_row = "-2";

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

/// Whether rows of the relation say when they started or ended.
bool tells_times(const BoundSystem& system, std::size_t index) {
  return sampled_time(system, index, true) || sampled_time(system, index, false) ||
         !system.relations[index].field(SqlField::finished_at).empty();
}

/// What the rows of one relation are grouped by.
struct Key {
  /// Beside their queue: the number of their rule, and of those of the window also how long they waited and ran, and 1
  /// if they ended in it, separated by blanks.
  std::string state;
  std::vector<std::string> inside;  ///< a row is of the window where one of these holds; empty: none is
};

Key key_of(const BoundSystem& system, std::size_t index, const BoundStates& states, const std::string& since) {
  const BoundRelation& relation = system.relations[index];
  const std::string number = states.empty() ? "'0'" : states.number(stale_of(system, index));
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
  std::string too_early, too_late;  ///< the nearest times that cannot

  std::string past(std::string_view time) const {
    return fmt::format("nullif({0}({1}, {2}), {2})", is_postgresql() ? "least" : "min", planned(time), too_late);
  }
  std::string planned(std::string_view time) const {
    return fmt::format("nullif({0}({1}, {2}), {2})", is_postgresql() ? "greatest" : "max", time, too_early);
  }

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
  // Whether a time can be true is asked once a row, in the inner query, however many aggregates read it.
  const std::string created_at = logged ? null_time : or_null(created, null_time),
                    scheduled_at = or_null(relation.field(SqlField::scheduled_at), null_time);
  const std::string list = fmt::format(
      "{} AS queue, {} AS state, {} AS created, {} AS scheduled, {} AS past, {} AS planned, {} AS finished, {} AS id",
      or_null(relation.field(SqlField::queue), "''"), key_of(system, index, states, logged ? "" : since).state,
      created_at, scheduled_at, logged ? null_time : plausible.past(created_at), plausible.planned(scheduled_at),
      rated ? finished : null_time, logged ? std::string(system.system->id_expression) : std::string("NULL"));
  const std::string groups = fmt::format(
      "SELECT {0} AS relation, {1} AS queue, state, count(*) AS number, min(past) AS oldest, max(past) AS newest, {2} "
      "AS timed, min({3}) AS due, min(planned) AS due_again, {4} AS untimed, count(CASE WHEN planned IS NULL THEN "
      "scheduled END) AS untimed_again{5} FROM (SELECT {6} FROM {7} j{8}{9}{10}) r GROUP BY queue, state",
      index, as_text(flavour, "queue"), rated ? "count(finished)" : "0", later(flavour, "past", "planned"),
      logged ? "0" : "count(CASE WHEN past IS NULL AND planned IS NULL THEN coalesce(created, scheduled) END)",
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
  const Key key = key_of(system, index, relation.states, since);
  const std::string summary = fmt::format(
      "SELECT {} AS relation, {} AS queue, {} AS state, number, oldest, newest, timed, due, due_again, untimed, "
      "untimed_again, 0 AS extra FROM "
      "{} j{}",
      index, queue_text(system, relation), key_of(system, index, relation.states, "").state, relation.summary,
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

template <typename Choose>
void merge_time(std::optional<Timestamp>& place, std::optional<Timestamp> time, const Choose& choose) {
  if (time) place = place ? choose(*place, *time) : *time;
}

const auto earlier = [](Timestamp left, Timestamp right) { return std::min(left, right); };
const auto latest = [](Timestamp left, Timestamp right) { return std::max(left, right); };

/// What ended of one state of a queue.
struct Ended {
  std::uint64_t in_window = 0;
  std::uint64_t timed = 0;  ///< at a time that is known
};

}  // namespace

JobState SqlJobStore::state_at(std::size_t relation, std::optional<std::string_view> number) const {
  const BoundState* rule = system_.relations.at(relation).states.rule_of(number);
  return rule == nullptr ? JobState::unknown : rule->state;
}

BoundStates SqlJobStore::states_of_all(std::size_t relation, Parameters& parameters, const ReadLimits& limits) {
  BoundStates states = system_.relations[relation].states;
  for (std::size_t i = 0; i < states.rules().size(); ++i) {
    const std::string& listed = states.rules()[i].listed;
    if (listed.empty()) continue;
    const std::unique_ptr<SqlResult> rows = run({fmt::format("{} LIMIT {}", listed, most_listed + 1), {}}, limits);
    if (rows->rows() > most_listed) continue;
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < rows->rows(); ++row) ids.emplace_back(rows->cell(row, 0).value_or(""));
    states.replace_condition(
        i, ids.empty() ? "1 = 0"
                       : equals_any(system_.flavour, system_.system->id_type, system_.system->id_expression,
                                    parameters.add(list_value(system_.flavour, ids))));
  }
  return states;
}

void SqlJobStore::count_states(const StatisticsQuery& query, Statistics& out, const std::string& only) {
  Parameters parameters;
  const std::size_t relations = only.empty() ? system_.relations.size() : 1;
  const auto is_logged = [&](std::size_t index) { return index == 0 && activity() != nullptr; };
  const bool times = only.empty() && capabilities().times && query.window.count() > 0;
  const bool rated = times && !is_logged(0);  // else rates come from follow_activity()
  bool windowed = false;
  for (std::size_t i = 0; i < relations && only.empty() && query.window.count() > 0; ++i)
    windowed = windowed || (!is_logged(i) && tells_times(system_, i));
  const std::string since = windowed ? window_start(system_, out.now, query.window, parameters) : "";
  const Timestamp now =
      out.now.value_or(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  const auto time_of = [&](Timestamp time) {
    return cast_to(system_.flavour, SqlType::time, parameters.add(time_value(system_.flavour, time)));
  };
  const bool summarised = only.empty() && !system_.relations.front().summary.empty();
  Plausible plausible{system_.flavour, {}, {}};
  if (!summarised || windowed) {
    constexpr std::chrono::microseconds next{1};
    plausible.too_early = time_of(earliest_plausible - next);
    plausible.too_late = time_of(now + clock_tolerance + next);
  }
  std::vector<std::string> arms;
  const bool all = query.queues.empty() && only.empty();
  for (std::size_t i = 0; i < relations; ++i)
    arms.push_back(
        summarised
            ? summarised_groups_of(system_, i, since, plausible, query, parameters)
            : groups_of(system_, i, all ? states_of_all(i, parameters, query.limits) : system_.relations[i].states,
                        since, is_logged(i), plausible, where_rows(system_, i, query.queues, parameters, only)));
  const std::unique_ptr<SqlResult> rows =
      run({summed(system_.flavour, fmt::format("{}", fmt::join(arms, " UNION ALL ")), windowed,
                  summarised ? " - extra" : ""),
           parameters.take()},
          query.limits);

  const bool tells_stale = !stale_of(system_, 0).empty();
  std::map<std::pair<std::string, JobState>, Ended> ended;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto time = [&](Column column) -> std::optional<Timestamp> {
      const auto text = rows->cell(row, column);
      return text ? read_time(system_.flavour, *text) : std::nullopt;
    };
    const std::string name(rows->cell(row, Column::queue).value_or(""));
    QueueStatistics& entry = queue_entry(out, name);
    const std::string_view relation = rows->cell(row, Column::relation).value_or("");
    if (relation == waits_row || relation == runs_row) {
      (relation == waits_row ? entry.wait : entry.run) = percentiles_at(*rows, row, Column::samples);
      continue;
    }
    const std::string_view told = rows->cell(row, Column::state).value_or("");
    const std::uint64_t number = number_at(*rows, row, Column::number);
    const JobState state = state_at(number_at(*rows, row, Column::relation), told);
    auto found = std::ranges::find(entry.states, state, &StateStatistics::state);
    if (found == entry.states.end()) {
      found = entry.states.emplace(found);
      found->state = state;
    }
    found->count.value += number;
    merge_time(found->oldest, time(Column::oldest), earlier);
    merge_time(found->newest, time(Column::newest), latest);
    const bool again = state == JobState::retrying;
    if (!is_finished(state)) {
      merge_time(found->due, time(again ? Column::due_again : Column::due), earlier);
      found->untimed += number_at(*rows, row, again ? Column::untimed_again : Column::untimed);
    }
    Ended& of_state = ended[{name, state}];
    of_state.in_window += number_at(*rows, row, Column::ended);
    of_state.timed += number_at(*rows, row, Column::timed);
    if (!tells_stale) continue;
    if (!entry.stale) entry.stale = Count{};
    if (BoundStates::is_stale(told)) entry.stale->value += number;
  }
  if (!times) return;
  for (const auto& [key, of_state] : ended) {
    QueueStatistics& entry = queue_entry(out, key.first);
    if (!entry.completed_per_minute) entry.completed_per_minute = entry.failed_per_minute = 0.0;
    const double rate = static_cast<double>(of_state.in_window) / minutes_of(query.window);
    if (key.second == JobState::completed) *entry.completed_per_minute += rate;
    if (key.second == JobState::failed || key.second == JobState::dead) *entry.failed_per_minute += rate;
  }
  if (!rated) return;
  // There are failures, and none of them says when.
  for (const auto& [key, of_state] : ended)
    if ((key.second == JobState::failed || key.second == JobState::dead) && of_state.timed == 0)
      queue_entry(out, key.first).failed_per_minute.reset();
}

}  // namespace queuetrace

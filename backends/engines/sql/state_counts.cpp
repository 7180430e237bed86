// How many jobs of which state a queue has, since when, and how many of them ended in the window: one pass over each
// relation. Rows are grouped by what decides their state (states.hpp); the groups, a handful a queue, become states
// here.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statistics_parts.hpp"

namespace queuetrace {
namespace {

/// Columns of the statement's answer; the digits of the state stand behind them.
enum Column : std::size_t {
  relation,
  queue,
  word,
  count,
  oldest,
  newest,
  finished,
  stale,
  timed,
  due,
  due_again,
  digits
};

/// The later of two times; that one of them that is known where the other is NULL.
std::string later(SqlFlavour flavour, std::string_view left, std::string_view right) {
  if (flavour == SqlFlavour::postgresql) return fmt::format("greatest({}, {})", left, right);
  return fmt::format("max(coalesce({0}, {1}), coalesce({1}, {0}))", left, right);
}

std::string numbered(std::string_view name, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += fmt::format(", {}{}", name, i);
  return out;
}

/// The groups of one relation. `since` is empty where there is no window; `logged`: its times come from a log and are
/// told of the first and last job only.
std::string groups_of(const BoundSystem& system, std::size_t index, const std::string& since, bool logged,
                      const std::string& where) {
  const SqlFlavour flavour = system.flavour;
  const BoundRelation& relation = system.relations[index];
  const std::string null_time = cast_to(flavour, SqlType::time, "NULL");
  std::string stale;
  if (index == 0)
    for (const SqlNoteRule& rule : system.system->stale)
      if (stale.empty() && system.meets(rule.needs)) stale = system.expand(rule.predicate);
  const std::string& created = relation.field(SqlField::created_at);
  const std::string& finished = relation.field(SqlField::finished_at);
  const bool rated = !since.empty() && !logged && !finished.empty();
  std::string list = fmt::format(
      "{} AS queue, {} AS word, {} AS created, {} AS scheduled, {} AS finished, {} AS unfinished, {} AS stale, {} AS "
      "id",
      or_null(relation.field(SqlField::queue), "''"), or_null(relation.states.column(), null_text(flavour)),
      logged ? null_time : or_null(created, null_time), or_null(relation.field(SqlField::scheduled_at), null_time),
      rated ? finished : null_time, or_null(relation.states.unfinished(), "true"), or_null(stale, "false"),
      logged ? std::string(system.system->id_expression) : std::string("NULL"));
  const std::vector<std::string>& own = relation.states.digits();
  std::string shown, grouped, waits;  // `waits`: unfinished, read off the digits where there are some
  for (std::size_t i = 0; i < state_digits_of(system); ++i) {
    const bool has = i < own.size();
    if (has) list += fmt::format(", {} AS digit{}", own[i], i);
    if (has) grouped += fmt::format(", digit{}", i);
    if (has) waits += fmt::format("{}digit{} IS NOT NULL", waits.empty() ? "" : " OR ", i);
    shown += fmt::format(", {} AS digit{}", has ? as_text(flavour, fmt::format("digit{}", i)) : null_text(flavour), i);
  }
  waits = waits.empty() ? "unfinished" : fmt::format("({})", waits);
  const std::string groups = fmt::format(
      "SELECT {} AS relation, {} AS queue, {} AS word, count(*) AS number, min(created) AS oldest, max(created) AS "
      "newest, {} AS finished, {} AS stale, {} AS timed, min({}) FILTER (WHERE {}) AS due, min(scheduled) FILTER "
      "(WHERE "
      "{}) AS due_again{}{} FROM (SELECT {} FROM {} j{}{}) r GROUP BY queue, word{}",
      index, as_text(flavour, "queue"), as_text(flavour, "word"),
      rated ? fmt::format("count(*) FILTER (WHERE finished >= {})", since) : "0",
      stale.empty() ? "0" : fmt::format("count(*) FILTER (WHERE {} AND stale)", waits), rated ? "count(finished)" : "0",
      later(flavour, "created", "scheduled"), waits, waits, shown,
      logged ? ", min(id) AS first, max(id) AS last, min(CASE WHEN scheduled IS NULL THEN id END) AS unscheduled" : "",
      list, relation.table, relation.joins_for(list + where), where, grouped);
  if (!logged) return groups;
  const auto created_of = [&](std::string_view which) {
    return fmt::format("(SELECT {} FROM {} j{} WHERE {} = c.{})", or_null(created, null_time), relation.table,
                       relation.joins_for(created), system.system->id_expression, which);
  };
  return fmt::format(
      "SELECT relation, queue, word, number, least(oldest, {}), greatest(newest, {}), finished, stale, timed, "
      "least(due, {}), due_again{} FROM ({}) c",
      created_of("first"), created_of("last"), created_of("unscheduled"), numbered("digit", state_digits_of(system)),
      groups);
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

JobState SqlJobStore::state_at(const SqlResult& rows, std::size_t row, std::size_t index, std::size_t word_column,
                               std::size_t first_digit) const {
  std::vector<std::optional<std::string_view>> cells;
  for (std::size_t i = 0; i < state_digits_of(system_); ++i) cells.push_back(rows.cell(row, first_digit + i));
  const BoundState* rule = system_.relations.at(index).states.rule_of(rows.cell(row, word_column), cells);
  return rule == nullptr ? JobState::unknown : rule->state;
}

void SqlJobStore::count_states(const StatisticsQuery& query, Statistics& out, const std::string& only) {
  Parameters parameters;
  const bool times = capabilities().times && query.window.count() > 0;
  const bool rated = times && activity() == nullptr;  // else rates come from follow_activity()
  const std::string since = rated ? window_start(system_, out.now, query.window, parameters) : "";
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < (only.empty() ? system_.relations.size() : 1); ++i)
    arms.push_back(groups_of(system_, i, since, i == 0 && activity() != nullptr,
                             where_rows(system_, i, query.queues, parameters, only)));
  const std::unique_ptr<SqlResult> rows =
      run({fmt::format("{}", fmt::join(arms, " UNION ALL ")), parameters.take()}, query.limits);

  const bool tells_stale =
      std::ranges::any_of(system_.system->stale, [&](const SqlNoteRule& rule) { return system_.meets(rule.needs); });
  std::map<std::pair<std::string, JobState>, Ended> ended;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto time = [&](Column column) -> std::optional<Timestamp> {
      const auto text = rows->cell(row, column);
      return text ? read_time(system_.flavour, *text) : std::nullopt;
    };
    const std::string name(rows->cell(row, Column::queue).value_or(""));
    QueueStatistics& entry = queue_entry(out, name);
    const JobState state = state_at(*rows, row, number_at(*rows, row, Column::relation), Column::word, Column::digits);
    auto found = std::ranges::find(entry.states, state, &StateStatistics::state);
    if (found == entry.states.end()) {
      found = entry.states.emplace(found);
      found->state = state;
    }
    found->count.value += number_at(*rows, row, Column::count);
    merge_time(found->oldest, time(Column::oldest), earlier);
    merge_time(found->newest, time(Column::newest), latest);
    merge_time(found->due, time(state == JobState::retrying ? Column::due_again : Column::due), earlier);
    Ended& of_state = ended[{name, state}];
    of_state.in_window += number_at(*rows, row, Column::finished);
    of_state.timed += number_at(*rows, row, Column::timed);
    if (!tells_stale) continue;
    if (!entry.stale) entry.stale = Count{};
    entry.stale->value += number_at(*rows, row, Column::stale);
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

// How many jobs of which state a queue has, since when, how many of them ended in the window, and how long those waited
// and ran: one pass over each relation (state_groups.hpp), and a second one where a time that cannot be true might hide
// others. Its groups become states here.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/state_groups.hpp"
#include "backends/engines/sql/statistics_parts.hpp"

namespace queuetrace {

namespace {

using state_groups::Column, state_groups::waits_row, state_groups::runs_row;

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
    const std::unique_ptr<SqlResult> rows = run({fmt::format("{} LIMIT {}", listed, most_listed_ids + 1), {}}, limits);
    if (rows->rows() > most_listed_ids) continue;
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
  const bool times = only.empty() && capabilities().times && query.window.count() > 0;
  const bool logged = activity() != nullptr;
  const bool rated = times && !logged;  // else rates come from follow_activity()
  Parameters parameters;
  GroupsRequest request{
      query,
      out.now.value_or(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())),
      only,
      logged,
      {}};
  for (std::size_t i = 0; i < (only.empty() ? system_.relations.size() : 1); ++i)
    request.states.push_back(query.queues.empty() && only.empty() ? states_of_all(i, parameters, query.limits)
                                                                  : system_.relations[i].states);
  std::unique_ptr<SqlResult> rows = run(state_groups_of(system_, request, parameters), query.limits);
  if (tells_impossible_times(*rows, system_.flavour, request.now)) {
    request.checks_times = true;
    rows = run(state_groups_of(system_, request, parameters), query.limits);
  }

  const bool with_stale = tells_stale(system_);
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
    if (!is_finished(state)) {
      merge_time(found->due, time(Column::due), earlier);
      found->untimed += number_at(*rows, row, Column::untimed);
    }
    Ended& of_state = ended[{name, state}];
    of_state.in_window += number_at(*rows, row, Column::ended);
    of_state.timed += number_at(*rows, row, Column::timed);
    if (!with_stale) continue;
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

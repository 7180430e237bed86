// The statement that counts jobs by state: one pass over each relation, shared by the server's workers. Rows are
// grouped by the number of the rule that tells their state (states.hpp); the groups, a handful per queue, become states
// in state_counts.cpp. The few rows of the window carry their times in the same key, so that they are groups of their
// own: what was exact stays exact, and no aggregate is needed that workers cannot share.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/connection.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// What is counted.
struct GroupsRequest {
  const StatisticsQuery& query;
  Timestamp now;            ///< the server's time
  const std::string& only;  ///< a condition on the rows of the first relation, which alone is counted; or empty
  bool logged = false;      ///< the times of the first relation come from a log: the first and last job tell them
  std::vector<BoundStates> states;  ///< of each relation that is counted
  /// Times that cannot be true (model/plausible_time.hpp) are left out. This costs some ten percent of the pass, so the
  /// first one goes without: whether there are any shows in its answer, tells_impossible_times().
  bool checks_times = false;
};

namespace state_groups {

/// Columns of the answer.
enum Column : std::size_t { relation, queue, state, number, oldest, newest, ended, timed, due, untimed, samples };

/// In the place of a relation: rows whose columns from `samples` on are percentiles of waits, of runs.
inline constexpr std::string_view waits_row = "-1", runs_row = "-2";

}  // namespace state_groups

/// Whether rows of the relation say when they started or ended.
bool tells_times(const BoundSystem& system, std::size_t relation);
/// Whether jobs of the system are told to run for too long.
bool tells_stale(const BoundSystem& system);
/// Whether a group has a time that cannot be true, so that others may be hidden behind it.
bool tells_impossible_times(const SqlResult& rows, SqlFlavour flavour, Timestamp now);

SqlStatement state_groups_of(const BoundSystem& system, const GroupsRequest& request, Parameters parameters);

}  // namespace queuetrace

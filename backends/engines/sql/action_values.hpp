// The values of an action inside constant statements (action_rule.hpp): `{:ids}` and the others become parameters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/table_jobs.hpp"
#include "backends/job_administration.hpp"

namespace queuetrace {

struct ActionValues {
  std::vector<std::string> ids;
  std::string queue;
  std::string own_queue;  ///< whose ids they are (SqlSystem::ids_by_queue)
  std::string message;
  std::string by;
  std::string row;
  bool reset_attempts = true;
  bool front = false;
  bool force = false;
  bool keep_dependents = false;
};

/// The action's own values, of all of `jobs`; `resets_attempts` is what it means when nobody says.
ActionValues values_of(const Action& action, const TableJobs& jobs, bool resets_attempts);

/// `text`, its names already filled in (BoundSystem::expand, once: schemas may have braces in their names), with each
/// `{:name}` as a typed parameter; one parameter a name, however often it stands. Throws Error{internal} for a name
/// there is none of.
SqlStatement bind_values(const BoundSystem& system, std::string_view text, const ActionValues& values);

/// Where a target's row is and what it was: the locator of Target.
struct RowLocator {
  std::size_t relation = 0;
  std::string version;      ///< without a colon
  std::uint64_t bytes = 0;  ///< of the row, about; 0: not told
};
std::string write_locator(const RowLocator& locator);
/// That a plan is not one of this source's.
Error unreadable_target();
/// Throws it for text that write_locator() did not make.
RowLocator read_locator(std::string_view text);

}  // namespace queuetrace

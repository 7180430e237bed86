// One described table as a relation of the engine.
#pragma once

#include "backends/systems/described/owned_system.hpp"
#include "backends/systems/described/problems.hpp"
#include "backends/systems/described/state_rules.hpp"
#include "backends/systems/described/table_sql.hpp"

namespace queuetrace::described {

/// A table and what was found in the database of it.
struct FittedTable {
  const TableDescription* description;
  LiveTableColumns live;
};

/// How ids and creation times are called where several tables share them (SqlRelation::added).
struct SharedColumns {
  std::string id, created;  ///< empty: the table's own
};

/// A time before all others: that of rows without one.
std::string_view before_all(SqlFlavour flavour);

/// Adds the relation to `owned` and returns its rules. What does not fit is added to `problems`.
StateRules add_relation(SqlFlavour flavour, const FittedTable& table, const SharedColumns& shared, OwnedSystem& owned,
                        std::vector<ConfigurationProblem>& problems);

}  // namespace queuetrace::described

// Where a described table keeps trace ids and contexts.
#pragma once

#include <vector>

#include "backends/systems/described/owned_system.hpp"
#include "backends/systems/described/problems.hpp"
#include "backends/systems/described/table_sql.hpp"

namespace queuetrace::described {

/// Adds the rules and carriers of TableDescription::trace to `parts`, and to `owned` the indexes that lookups by column
/// want. A column by itself holds ids, or contexts where it is JSON or its name ends in `traceparent` or `context`.
void add_traces(SqlFlavour flavour, const TableDescription& table, TableSql& sql, OwnedSystem& owned,
                OwnedRelation& parts, std::vector<ConfigurationProblem>& problems);

}  // namespace queuetrace::described

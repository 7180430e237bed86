// What workers of a described table take next, and what waits.
#pragma once

#include "backends/systems/described/relation.hpp"

namespace queuetrace::described {

/// Adds to `problems` each part of the order that is no column.
void check_order(SqlFlavour flavour, const FittedTable& table, std::vector<ConfigurationProblem>& problems);

/// Adds the order of dequeue of TableDescription::order to `owned`, exact where it ends in a unique column. No order:
/// nothing. The order was checked.
void add_peek(SqlFlavour flavour, const FittedTable& table, const StateRules& rules, OwnedSystem& owned);

}  // namespace queuetrace::described

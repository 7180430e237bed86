// What workers of a described table take next, and what waits.
#pragma once

#include "backends/systems/described/relation.hpp"

namespace queuetrace::described {

/// Adds the order of dequeue of TableDescription::order to `owned`, exact where it ends in a unique column. No order:
/// nothing. Throws Error{usage} for a column that is not there.
void add_peek(SqlFlavour flavour, const FittedTable& table, const StateRules& rules, OwnedSystem& owned);

}  // namespace queuetrace::described

// From the states that a filter names to conditions of a WHERE clause.
#pragma once

#include <string>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// The conditions that a row is in one of the states `wanted`, all of which must hold; nothing: no row can be. One of
/// our states finds what the library calls so too, where it means something else by the word.
std::vector<std::string> state_conditions(const BoundRelation& relation, SqlFlavour flavour,
                                          const std::vector<StateSelector>& wanted, Parameters& parameters);

}  // namespace queuetrace

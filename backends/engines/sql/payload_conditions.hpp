// Conditions on what a job's payload holds (`--where`).
#pragma once

#include <string>
#include <vector>

#include "backends/engines/sql/conditions.hpp"
#include "model/payload_condition.hpp"

namespace queuetrace {

/// One for each of `wanted`, in its order; all of them must hold, as different flags do. `document`: an expression of
/// the payload as a JSON document.
std::vector<std::string> payload_conditions(SqlFlavour flavour, const std::string& document,
                                            const std::vector<PayloadCondition>& wanted, Parameters& parameters);

}  // namespace queuetrace

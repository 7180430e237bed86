// How the sources fared over several pages of one answer.
#pragma once

#include <vector>

#include "backends/fan_out.hpp"

namespace queuetrace {

/// Adds what became of a further page of the same sources to what is known of those before; `so_far` empty: takes it.
void merge_outcomes(std::vector<SourceOutcome>& so_far, std::vector<SourceOutcome>&& page);

}  // namespace queuetrace

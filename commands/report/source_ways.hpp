// How a source can be named, for errors that miss one.
#pragma once

#include <string>
#include <vector>

#include "model/error.hpp"

namespace queuetrace {

/// Where none is configured: by its address for one command, in the configuration, or the demo's. `typed`: the name
/// that was asked for; empty: none.
std::vector<Way> ways_to_a_source(const std::string& typed);

/// Where some are configured: for one command, for this shell, for good.
std::vector<Way> ways_to_choose(const std::vector<std::string>& known);

}  // namespace queuetrace

// Workers at full speed against our own administration: each job must end exactly once in a legal place, and what we
// report must be what happened.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/replayed_queue.hpp"

namespace queuetrace::test {

/// Runs the race over so many jobs and returns what does not add up; says on stdout what happened.
std::vector<std::string> run_race(ReplayedQueue& queue, int jobs);

}  // namespace queuetrace::test

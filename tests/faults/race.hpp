// Workers at full speed against our own administration: each job must end exactly once in a legal place, and what we
// report must be what happened.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/replayed_queue.hpp"

namespace queuetrace::test {

/// How we change jobs: by the interface of the commands, or by the commands themselves.
enum class Through { administration, the_program };

/// Runs the race over so many jobs and returns what does not add up; says on stdout what happened.
std::vector<std::string> run_race(ReplayedQueue& queue, int jobs, Through through);

}  // namespace queuetrace::test

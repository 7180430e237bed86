// Whether a queue is stuck, and why: judged from what was counted in it.
#pragma once

#include <string>

#include "model/age_limits.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

struct QueueVerdict {
  std::string word;  ///< paused, stale, stuck, waiting, working, empty
  std::string text;  ///< the same in one sentence with the numbers, lower case
};

/// Whether jobs that came due `due_for` ago are not taken: they wait for `patience` or more, none runs but those whose
/// worker is gone (`stale`), and none was done lately.
bool is_stuck(Milliseconds due_for, std::uint64_t running, std::uint64_t stale, bool done, Milliseconds patience);

/// The first that holds: `paused`; `stuck`: is_stuck(), where `done` means in the window;
/// `stale`: workers of running jobs are gone; `working`: jobs run or were done; `waiting`: what is there is not due, or
/// not for long; `empty`: nothing is to be done. `now`: the store's clock; without it nothing counts as due. Where
/// counts are estimates, so is this.
QueueVerdict queue_verdict(const QueueStatistics& queue, const std::optional<Timestamp>& now,
                           Milliseconds patience = AgeLimits().warn);

}  // namespace queuetrace

// Whether a queue is stuck, and why: judged from what was counted in it.
#pragma once

#include <string>

#include "model/statistics.hpp"

namespace queuetrace {

struct QueueVerdict {
  std::string word;  ///< paused, stale, stuck, waiting, working, empty
  std::string text;  ///< the same in one sentence with the numbers, lower case
};

/// The first that holds: `paused`; `stuck`: jobs have been due for 10 minutes and none runs or was done in the window;
/// `stale`: workers of running jobs are gone; `working`: jobs run or were done; `waiting`: what is there is not due, or
/// not for long; `empty`: nothing is to be done. `now`: the store's clock; without it nothing counts as due. Where
/// counts are estimates, so is this.
QueueVerdict queue_verdict(const QueueStatistics& queue, const std::optional<Timestamp>& now);

}  // namespace queuetrace

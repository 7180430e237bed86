// The ages from which on jobs that wait deserve attention.
#pragma once

#include "model/time.hpp"

namespace queuetrace {

struct AgeLimits {
  Milliseconds warn{std::chrono::minutes(10)};
  Milliseconds alert{std::chrono::hours(1)};  ///< not less than `warn`
};

}  // namespace queuetrace

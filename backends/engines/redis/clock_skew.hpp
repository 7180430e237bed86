// How far a server's clock is from ours.
#pragma once

#include <chrono>

#include "model/time.hpp"

namespace queuetrace {

/// Server minus ours, at the moment its answer is here.
inline Milliseconds clock_skew(Timestamp server) {
  return std::chrono::duration_cast<Milliseconds>(
      server - std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
}

}  // namespace queuetrace

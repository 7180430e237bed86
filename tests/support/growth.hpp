// How the work of a function grows with the size of its input, told from two sizes in one run.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace queuetrace::test {

/// Processor time of this thread in seconds: what others do on the machine does not count.
inline double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// How many times as much work `work(n)` is on an input eight times as large: about 8 when it is linear, 64 when it is
/// quadratic. `small` must be so large that its work can be measured, some tenths of a millisecond; the least of
/// several tries counts.
template <typename Work>
double growth_by_eight(std::size_t small, const Work& work) {
  const auto least = [&](std::size_t size, int tries) {
    double seconds = std::numeric_limits<double>::max();
    for (int i = 0; i < tries; ++i) {
      const double begin = processor_seconds();
      work(size);
      seconds = std::min(seconds, processor_seconds() - begin);
    }
    return seconds;
  };
  return least(8 * small, 2) / least(small, 6);
}

/// What linear work stays below, and quadratic work does not.
inline constexpr double more_than_linear = 24;

}  // namespace queuetrace::test

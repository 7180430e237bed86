// The most memory that this process held at once, since a moment that the test chooses.
#pragma once

#include <fstream>
#include <string>

#include "tests/support/sanitized.hpp"

namespace queuetrace::test {

/// What was resident at most since it was made, beyond what was resident then. Of the whole process; 0 with a
/// sanitizer.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";
    before_ = peak_kib();
  }
  long grown_kib() const { return is_sanitized ? 0 : peak_kib() - before_; }

 private:
  static long peak_kib() {
    std::ifstream file("/proc/self/status");
    for (std::string word; file >> word;) {
      long kib = 0;
      if (word == "VmHWM:" && file >> kib) return kib;
    }
    return 0;
  }
  long before_ = 0;
};

}  // namespace queuetrace::test

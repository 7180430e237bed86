// How a `wait` ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// `met`: the condition holds. `time_limit`: it did not hold in time. `never`: it can no longer hold. `unknown`: the
/// stores did not answer.
enum class WaitOutcome { met, time_limit, never, unknown };

struct WaitResult {
  std::string condition;  ///< what was waited for, in words; what the user typed is in it
  WaitOutcome outcome = WaitOutcome::unknown;
  std::uint64_t matching = 0;               ///< jobs that matched at the last poll that was answered
  bool more = true;                         ///< at least so many: counting stopped there, or some source did not answer
  std::vector<JobRef> samples;              ///< some of them
  std::optional<JobState> state;            ///< of the one job waited for
  std::map<JobState, std::uint64_t> ended;  ///< of an operation's jobs those that are over, by state
  std::uint64_t gone = 0;                   ///< of those: there no longer
  std::uint64_t looks = 0;
  Milliseconds elapsed{};
};

/// `met`, `time_limit`, `never`, `unknown`.
constexpr std::string_view to_word(WaitOutcome outcome) {
  switch (outcome) {
    case WaitOutcome::met: return "met";
    case WaitOutcome::time_limit: return "time_limit";
    case WaitOutcome::never: return "never";
    case WaitOutcome::unknown: return "unknown";
  }
  return "";
}

}  // namespace queuetrace

// Counts of jobs by queue and state, with ages, durations, rates and tracing coverage.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// How many jobs of one state were seen, the ends of their creation times, and when the first of them came due.
struct Seen {
  std::uint64_t count = 0;
  std::optional<Timestamp> oldest, newest, due;
  std::uint64_t untimed = 0;  ///< StateStatistics::untimed

  void add(const Job& job, Timestamp now);
  /// Its times, without counting it.
  void add_times(const Job& job, Timestamp now);
};

/// States in the order of all_job_states. `examined` of `length` jobs were seen: with fewer, counts are estimates.
std::vector<StateStatistics> in_order(const std::map<JobState, Seen>& seen, std::uint64_t examined,
                                      std::uint64_t length);

/// Whether no worker works on this running job any more: it carries one of the notes (RedisReading::stale_notes).
bool is_stale(const Job& job, std::span<const std::string_view> stale_notes);

/// Jobs of many queues, one after the other; memory is flat but for the durations inside the window (8 bytes a job).
class JobTally {
 public:
  /// Rates and durations are told for jobs that finished during `window` before `now`.
  JobTally(Timestamp now, Milliseconds window, std::span<const std::string_view> stale_notes)
      : now_(now), window_(window), stale_notes_(stale_notes) {}

  /// `trace_known`: the job was read whole, so it counts for coverage.
  void add(const Job& job, bool trace_known);

  /// One row per queue, by name. `complete`: all jobs were added; otherwise counts are at least.
  std::vector<QueueStatistics> rows(bool complete) const;

 private:
  struct Row {
    std::map<JobState, Seen> states;
    std::uint64_t stale = 0, completed = 0, failed = 0;
    std::vector<Milliseconds> waits, runs;
    TraceCoverage coverage;
    std::uint64_t not_covered = 0;
  };
  Timestamp now_;
  Milliseconds window_;
  std::span<const std::string_view> stale_notes_;
  std::map<std::string, Row> rows_;
};

}  // namespace queuetrace

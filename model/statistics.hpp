// Counts, ages, rates and durations per queue, each marked when it is not exact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/job_filter.hpp"
#include "model/job_state.hpp"
#include "model/page.hpp"
#include "model/time.hpp"
#include "model/trace_status.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

struct StatisticsQuery {
  std::vector<std::string> queues;  ///< globs; empty: all
  /// For rates and percentiles, where times are stored. 0: only counts, ages and pauses are read; the rest is
  /// filled as far as it costs no further request.
  Milliseconds window{3'600'000};
  /// For stores without finish times: how far apart two readings are taken to compute rates. Absent: no such rates.
  std::optional<Milliseconds> interval;
  bool only_coverage = false;  ///< nothing but the tracing coverage is asked for; a store may leave out the rest
  ReadLimits limits;
};

/// How far a number can be trusted.
enum class Exactness { exact, at_least, estimated };

struct Count {
  std::uint64_t value = 0;
  Exactness exactness = Exactness::exact;
};

struct StateStatistics {
  JobState state = JobState::unknown;
  Count count;
  std::optional<Timestamp> oldest;  ///< by creation, of those whose time can be true
  std::optional<Timestamp> newest;
  /// When the first of them came due: created, or the time it was scheduled for where that is later; of retrying jobs
  /// only the time they were scheduled for. May be in the future. Absent: unknown.
  std::optional<Timestamp> due = {};
  /// Jobs whose times cannot be true (model/plausible_time.hpp), so that they count in none of the times above and
  /// nobody knows when they came due.
  std::uint64_t untimed = 0;
};

/// Milliseconds over `samples` jobs.
struct Percentiles {
  std::uint64_t samples = 0;
  Milliseconds p50{}, p95{}, p99{}, maximum{};
};

/// How many jobs carry which kind of trace id; `examined` jobs were looked at (when `sampled` the newest,
/// or those stored last).
struct TraceCoverage {
  std::uint64_t examined = 0, w3c = 0, opaque = 0, placeholder = 0, absent = 0;
  bool sampled = false;

  void count(TraceStatus status, std::uint64_t jobs = 1) {
    examined += jobs;
    switch (status) {
      case TraceStatus::w3c: w3c += jobs; return;
      case TraceStatus::opaque: opaque += jobs; return;
      case TraceStatus::placeholder: placeholder += jobs; return;
      case TraceStatus::absent: absent += jobs; return;
    }
  }
};

/// What a system records about a queue's pause. A member is absent where the system does not record it or it was not
/// given.
struct QueuePause {
  std::optional<Timestamp> since;
  std::optional<Untrusted> by;      ///< who paused it, by their own account; free text
  std::optional<Untrusted> reason;  ///< why; free text, cut where it is long
};

struct QueueStatistics {
  Untrusted queue;
  std::optional<bool> paused;           ///< absent: the system has no pauses, or they were not read
  std::optional<QueuePause> pause;      ///< of a paused queue
  std::vector<StateStatistics> states;  ///< states with at least one job, in the order of all_job_states
  std::optional<Count> stale;           ///< running, but the worker is gone or overdue
  std::optional<double> completed_per_minute;
  std::optional<double> failed_per_minute;
  std::optional<Percentiles> wait;
  std::optional<Percentiles> run;
  std::optional<TraceCoverage> coverage;
  std::vector<std::string> notes;
};

struct Statistics {
  std::vector<QueueStatistics> queues;
  std::optional<Timestamp> now;  ///< the store's clock
  std::optional<std::string> truncated;
  std::vector<std::string> warnings;
};

}  // namespace queuetrace

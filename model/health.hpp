// What `health` measures, the limits it compares with, and the result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/statistics.hpp"
#include "model/time.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// In the order of their checks.
enum class HealthMeasure { age, depth, dead, failures, failure_rate, stale, coverage };

/// The limits asked for; absent: not checked.
struct HealthLimits {
  std::optional<Milliseconds> age;        ///< maximum of the longest wait since a job became due
  std::optional<std::uint64_t> depth;     ///< maximum of pending, scheduled, blocked and retrying jobs
  std::optional<std::uint64_t> dead;      ///< maximum of dead jobs
  std::optional<std::uint64_t> failures;  ///< maximum of jobs that failed or died within the window
  std::optional<double> failure_rate;     ///< maximum percentage of failures among the jobs finished within the window
  std::optional<std::uint64_t> stale;     ///< maximum of running jobs whose worker seems to be gone
  std::optional<double> coverage;         ///< minimum percentage of jobs that carry a trace id
  bool any() const { return age || depth || dead || failures || failure_rate || stale || coverage; }
};

/// `undecided`: from what is known, the value may be on either side of the limit.
enum class HealthVerdict { ok, undecided, tripped };

/// One value against its limit. Both are milliseconds, jobs or percent, by `measure`.
struct HealthCheck {
  HealthMeasure measure = HealthMeasure::age;
  HealthVerdict verdict = HealthVerdict::ok;
  std::string source;              ///< address of the store; empty: all of them together
  std::string system;              ///< empty likewise
  std::optional<Untrusted> queue;  ///< absent: all queues of the source together
  std::optional<double> value;     ///< absent: none, or unknown
  Exactness exactness = Exactness::exact;
  double limit = 0;
  std::string reason;  ///< why it is undecided, or what explains the value; may be empty
};

/// `age`, `depth`, `dead`, `failures`, `failure_rate`, `stale`, `coverage`.
std::string_view to_word(HealthMeasure measure);
/// `ok`, `undecided`, `tripped`.
std::string_view to_word(HealthVerdict verdict);
/// `ms`, `jobs`, `percent`.
std::string_view unit_of(HealthMeasure measure);

/// Facts of one queue, or of several as if they were one.
class QueueHealth {
 public:
  /// How a store's answer is to be read.
  struct Answer {
    std::optional<Timestamp> now;  ///< the store's clock
    bool complete = true;          ///< false: it was cut short, so that there may be more of everything
    Milliseconds looked_back{};    ///< the window of its rates
    /// The store knows the rate of failures, or of completions, of other queues: a queue without one adds nothing.
    bool failures_elsewhere = false;
    bool completions_elsewhere = false;
    std::string no_rates;  ///< why rates are unknown; not empty
  };

  void add(const QueueStatistics& queue, const Answer& answer);
  /// A store did not answer: there may be more of everything.
  void add_missing(const std::string& source);
  /// Not all jobs are seen, and why: no limit is met by what is seen of them.
  void add_unseen(const std::string& why);

  /// One check for each limit, in the order of HealthMeasure, without source, system and queue.
  std::vector<HealthCheck> judge(const HealthLimits& limits) const;

 private:
  /// A sum, and why a part of it is not known.
  struct Sum {
    double value = 0;
    Exactness exactness = Exactness::exact;
    std::string unknown;

    void add(double part, Exactness part_exactness);
    void miss(const std::string& why);
  };

  HealthCheck at_most(HealthMeasure measure, const Sum& sum, double limit) const;
  HealthCheck judge_age(Milliseconds limit) const;
  HealthCheck judge_failure_rate(double limit) const;
  HealthCheck judge_coverage(double limit) const;

  Sum depth_, dead_, stale_, failures_, completed_, traced_, examined_;
  std::optional<double> age_;
  Exactness age_exactness_ = Exactness::exact;
  std::string age_unknown_;
  std::string unseen_;  ///< empty: everything is seen
  bool paused_ = false;
  std::size_t queues_ = 0;
};

}  // namespace queuetrace

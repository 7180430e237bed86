// What jobs and their outcomes are together, for all that lists, counts or changes both (joined_store.hpp).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/jobs_elsewhere.hpp"
#include "backends/engines/redis/outcome_rule.hpp"
#include "backends/engines/redis/outcomes.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

class JoinedJobs {
 public:
  /// `jobs`: the store of the system that `rule` is about; both must outlive this.
  JoinedJobs(const RedisOutcomes& rule, RedisJobStore& jobs, Outcomes outcomes)
      : rule_(rule), jobs_(jobs), outcomes_(std::move(outcomes)) {}

  const Outcomes& outcomes() const { return outcomes_; }

  /// Adds to each job what is known of its outcome. Blocks for one or two pipelines.
  void join(std::span<Job* const> jobs, bool payload);

  /// Looks which outcomes are of jobs that wait or run, by one walk through these; adds to the warnings when not all
  /// were looked at. `ids`, where given, are the only ones of interest.
  void look(const ReadLimits& limits, const std::vector<std::string>& ids, std::vector<std::string>& warnings);
  bool has_looked() const { return looked_; }
  /// Whether an outcome is of such a job, so that it is none of its own; as of the last look().
  bool is_told(const Job& outcome) const { return elsewhere_.contains(outcome.ref.id); }

  /// Takes out of the statistics of all outcomes those that look() found jobs for. Blocks as look().
  void take_out(std::vector<QueueStatistics>& rows, const ReadLimits& limits, std::vector<std::string>& warnings);

 private:
  /// Every job that waits or runs, page by page.
  template <typename See>
  void walk(const ReadLimits& limits, const std::vector<std::string>& ids, std::vector<std::string>& warnings, See see);

  const RedisOutcomes& rule_;
  RedisJobStore& jobs_;
  Outcomes outcomes_;
  JobsElsewhere elsewhere_;
  bool looked_ = false;
};

}  // namespace queuetrace

// Changes of jobs and of outcomes through one JobAdministration (joined_store.hpp): each goes to the store whose keys
// it is about.
#pragma once

#include <utility>

#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/joined_jobs.hpp"

namespace queuetrace {

class JoinedAdministration : public JobAdministration {
 public:
  /// All must outlive this. The server of the outcomes is asked for leave to write only when one is to be changed.
  JoinedAdministration(JobAdministration& jobs, RedisJobStore& outcomes, JoinedJobs& joined)
      : jobs_(jobs), outcomes_(outcomes), joined_(joined), records_(joined.outcomes().keys()), rules_(records_) {}

  ActionOffer offer(const Action& action) const override;
  /// Jobs first. Where outcomes cannot be changed like this they are in the plan with the reason.
  TargetPage plan(const Action& action, const JobQuery& query) override;
  std::vector<BackupRecord> back_up(std::span<const Target> targets, const ReadLimits& limits) override;
  std::vector<TargetReport> report_left_out(const Action& action, std::span<const Target> targets,
                                            const ReadLimits& limits) override;
  std::vector<TargetReport> apply(const Action& action, std::span<const Target> targets,
                                  const ReadLimits& limits) override;
  std::vector<TargetReport> restore(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override;
  /// Outcomes are deleted or left alone, so what is undone is always a job.
  std::vector<TargetReport> undo(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override {
    return jobs_.undo(std::move(records), dry_run, limits);
  }
  std::size_t largest_chunk() const override { return jobs_.largest_chunk(); }
  std::uint64_t bytes_of(const Target& target) const override;
  ActionOffer offer_pause() const override { return jobs_.offer_pause(); }
  std::vector<QueueStatistics> paused_among(const std::vector<std::string>& queues, const ReadLimits& limits) override {
    return jobs_.paused_among(queues, limits);
  }
  TargetReport set_paused(const PauseChange& change) override { return jobs_.set_paused(change); }

 private:
  bool is_outcome(const Target& target) const;
  bool is_outcome(const BackupRecord& record) const;
  TargetPage plan_jobs(const Action& action, JobQuery query);
  TargetPage plan_outcomes(const Action& action, const JobQuery& query, bool begins);

  JobAdministration& jobs_;
  RedisJobStore& outcomes_;
  JoinedJobs& joined_;
  RedisKeyspace records_;
  RedisAdministration rules_;  ///< what can be done to outcomes
};

}  // namespace queuetrace

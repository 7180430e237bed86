// Jobs and what became of them as one store, where a system keeps the two apart and a source names both
// (RedisOutcomes): every job once, with the outcome that is known of it.
#pragma once

#include <memory>
#include <vector>

#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/joined_jobs.hpp"

namespace queuetrace {

/// First the jobs that wait or run, then the outcomes of those that do no more: an outcome is a job of its own only
/// where nothing else tells of it. Which these are is looked up by one walk through the waiting ones, whenever a
/// listing comes to the outcomes, and by every statistic: 8 bytes each.
class JoinedStore : public JobStore {
 public:
  /// `jobs` and `outcomes`: installations of the two systems that `rule` is about, each with its own connection.
  JoinedStore(const RedisOutcomes& rule, RedisKeyspace jobs, const RedisKeyspace& outcomes);
  ~JoinedStore() override;

  const SystemInfo& system() const override { return jobs_.system(); }
  Capabilities capabilities() const override;
  Page list(const JobQuery& query) override;
  PeekResult peek(const PeekQuery& query) override;
  Statistics statistics(const StatisticsQuery& query) override;
  std::vector<Untrusted> queues(const ReadLimits& limits) override;
  StoreCheck check(const ReadLimits& limits) override;
  std::vector<Finding> unseen() override;
  std::vector<Finding> diagnose(const ReadLimits& limits) override;
  std::size_t checks() const override { return jobs_.checks() + outcomes_.checks(); }
  JobAdministration& administration() override;

 private:
  /// Gives the parts the address that the store has now.
  void address_parts();
  Page list_jobs(JobQuery query);
  Page list_outcomes(const JobQuery& query, bool begins);

  RedisJobStore jobs_;
  RedisJobStore outcomes_;
  JoinedJobs joined_;
  std::unique_ptr<JobAdministration> administration_;  ///< made when first asked for
};

}  // namespace queuetrace

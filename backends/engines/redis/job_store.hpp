// A queue system in Redis as a JobStore: one connection, one installation, one description.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/unread_keys.hpp"
#include "backends/job_store.hpp"
#include "model/age_limits.hpp"

namespace queuetrace {

/// The rules of `doctor` that hold for every system in Redis.
std::span<const RedisDiagnosisRule> common_diagnoses();

class RedisJobStore : public JobStore {
 public:
  /// `alert_age`: `doctor` reports queues that are paused for longer while jobs are due.
  explicit RedisJobStore(RedisKeyspace keys, Milliseconds alert_age = AgeLimits().alert);
  ~RedisJobStore() override;

  const SystemInfo& system() const override { return keys_.system().info; }
  Capabilities capabilities() const override;
  Page list(const JobQuery& query) override;
  PeekResult peek(const PeekQuery& query) override;
  Statistics statistics(const StatisticsQuery& query) override;
  std::vector<Untrusted> queues(const ReadLimits& limits) override;
  StoreCheck check(const ReadLimits& limits) override;
  /// Keys beside those that are read which look like jobs of the system, where the database is small enough for one
  /// SCAN over it. What this user may not look at is not told.
  std::vector<Finding> unseen() override;
  std::vector<Finding> diagnose(const ReadLimits& limits) override;
  std::size_t checks() const override;
  JobAdministration& administration() override;

 private:
  /// The keyspace, under the address that the store has now.
  RedisKeyspace& keys() {
    keys_.set_address(address());
    return keys_;
  }
  /// What of unread_keys.hpp this user may look for.
  UnreadKeys look_beside(SearchDepth depth, const ReadLimits& limits);
  /// Adds what lies beside what is read: a thorough search. Not where the system has a rule of that code, which says
  /// more; keys that a finding names already are told once.
  void add_unread(std::vector<Finding>& findings, const ReadLimits& limits);
  /// What INFO and the connection tell about the server; names it in `server`.
  std::vector<Finding> look_at_server(std::string& server);
  /// Keys that expire or that no worker takes from, lists that only grow.
  void look_at_places(const OpenLists& open, DiagnosisReport& report);
  /// Queues that are paused for long with jobs in them; nothing is asked of a system without pauses.
  void add_long_pauses(std::vector<Finding>& findings, const ReadLimits& limits);
  bool tells_pauses() const { return keys_.system().pause.form != RedisPausing::Form::none; }

  RedisKeyspace keys_;
  Milliseconds alert_age_;
  std::unique_ptr<JobAdministration> administration_;  ///< made when first asked for
  std::optional<std::vector<Finding>> unseen_;         ///< likewise
};

}  // namespace queuetrace

// A queue system in Redis as a JobStore: one connection, one deployment, one description.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/system.hpp"
#include "backends/job_store.hpp"

namespace queuetrace {

/// A concrete container of a place with its length when it was looked up.
struct OpenList {
  const Place* place = nullptr;
  std::string key;           ///< of records: the text their keys begin with
  std::uint64_t length = 0;  ///< 0 for records: unknown
};

/// The rules of `doctor` that hold for every system in Redis.
std::span<const RedisDiagnosisRule> common_diagnoses();

/// The containers there are now, and what was wrong with others.
struct OpenLists {
  std::vector<OpenList> lists;  ///< in the order of Deployment::places, then by key
  std::vector<std::string> warnings;
  std::vector<Untrusted> wrong_type;  ///< keys that are there and hold something else
  bool complete = true;               ///< false: the search for keys was cut short
};

/// Whether `--queue name` means the list itself: one of finished jobs, by its key or alias. What queue its jobs came
/// from is another question.
bool names_finished(const Place& place, std::string_view name);

/// Whether a place's entries are read at one moment (RedisJobStore::read_running).
bool read_at_once(const Place& place);

class RedisJobStore : public JobStore {
 public:
  RedisJobStore(std::shared_ptr<RedisConnection> connection, const RedisSystem& system, Deployment deployment);
  ~RedisJobStore() override;

  const SystemInfo& system() const override { return system_.info; }
  Capabilities capabilities() const override;
  Page list(const JobQuery& query) override;
  PeekResult peek(const PeekQuery& query) override;
  Statistics statistics(const StatisticsQuery& query) override;
  std::vector<Untrusted> queues(const ReadLimits& limits) override;
  StoreCheck check(const ReadLimits& limits) override;
  std::vector<Finding> diagnose(const ReadLimits& limits) override;
  JobAdministration& administration() override;

 private:
  friend class RedisAdministration;
  friend class EntryReader;
  friend class JobInspection;
  friend class Listing;
  friend class NewestScan;

  /// Resolves families to keys (one SCAN, or the set of names) and reads all lengths in one round trip. A missing key
  /// is an empty container and left out; a key of another type becomes a warning. Records are always there.
  OpenLists open_lists(const ReadLimits& limits, const std::vector<const Place*>& places);
  std::vector<const Place*> places_of(PlaceRole role) const;

  Timestamp server_time();
  /// What INFO and the connection tell about the server; names it in `server`.
  std::vector<Finding> look_at_server(std::string& server);
  /// Keys that expire or that nobody takes from, lists that only grow.
  void look_at_places(const OpenLists& open, DiagnosisReport& report);
  /// All entries of a running list with its companions, at one moment; looked at again where a job seems abandoned.
  std::vector<Job> read_running(const OpenList& list, const DecodeContext& context);
  std::vector<Job> running_jobs(const OpenLists& lists, const DecodeContext& context);
  Job decode(const Entry& entry, const DecodeContext& context) const;
  bool wants_queue(const std::vector<std::string>& queues, const Place& place, const std::string& key) const;
  QueueStatistics list_statistics(const OpenList& list, const DecodeContext& context, const ReadLimits& limits);
  void add_records(Statistics& statistics, const OpenList& list, const DecodeContext& context,
                   const StatisticsQuery& query);
  void peek_one(const OpenList& list, const PeekQuery& query, const DecodeContext& context, std::size_t wanted,
                PeekQueue& queue);
  /// A place that several queues share: one queue in all, or one for each that is asked for.
  void peek_shared(const OpenList& list, const PeekQuery& query, const DecodeContext& context, PeekResult& result);
  void add_running(Statistics& statistics, const std::vector<Job>& running) const;
  void add_rates(Statistics& statistics, const OpenLists& lists, const StatisticsQuery& query);

  std::shared_ptr<RedisConnection> connection_;
  const RedisSystem& system_;
  Deployment deployment_;
  std::unique_ptr<JobAdministration> administration_;  ///< made when first asked for
};

}  // namespace queuetrace

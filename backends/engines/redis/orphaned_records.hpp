// Records of jobs that no container holds: no worker ever takes them, and no list shows them. For `doctor`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "backends/engines/redis/diagnosis_report.hpp"
#include "backends/engines/redis/keyspace.hpp"

namespace queuetrace {

/// The code under which a system's RedisExplaining::diagnoses have them.
inline constexpr std::string_view orphaned_record = "orphaned-record";

/// Looks for them where the system says what a record is made of (RedisExplaining::record_fields). Remembers up to a
/// million records, about 40 MiB; with more, or where not every id was seen, it says that it does not know.
class OrphanedRecords {
 public:
  /// Both must outlive it.
  OrphanedRecords(RedisKeyspace& keys, const ReadLimits& limits);

  /// What one window of a place holds.
  void see(const OpenList& list, const std::vector<Element>& elements);
  /// Not every id of a place was seen.
  void miss() { missed_ = true; }
  /// Passes over all keys of the installation once, in bounded pages. A record that seems to be in no container is
  /// looked for again in each of them, for jobs move meanwhile.
  void tell(DiagnosisReport& report);

 private:
  struct Record {
    std::string key, queue, id;
  };
  bool are_looked_for() const;
  /// Of keys that nobody saw as a job: those that are records.
  std::vector<Record> records_among(const std::vector<Record>& unseen);
  bool is_anywhere(const Record& record);

  RedisKeyspace& keys_;
  const ReadLimits& limits_;
  std::unordered_set<std::uint64_t> seen_;  ///< fingerprints of records' keys
  bool missed_ = false;
};

}  // namespace queuetrace

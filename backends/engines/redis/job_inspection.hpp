// Looks at the jobs of a store one by one, for `doctor`: the rules that concern single jobs, jobs that lie in two
// places, and what a system wants to know of all of them.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backends/engines/redis/diagnosis_report.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/orphaned_records.hpp"

namespace queuetrace {

/// Reads at most 100,000 entries of each place (all of them without a scan bound), in the opposite direction of a
/// job's way: what moves on meanwhile is missed rather than seen twice. Finished lists are read from their new end, and
/// what lies beyond the bound there is not missed; anywhere else it is reported.
class JobInspection {
 public:
  /// All must outlive the inspection.
  JobInspection(RedisKeyspace& keys, const DecodeContext& context, const ReadLimits& limits, DiagnosisReport& report);

  void run(const OpenLists& open);

 private:
  /// A job of a rule that may only have been passing by.
  struct Candidate {
    const RedisDiagnosisRule* rule;
    std::size_t list;
    std::string element;
    Untrusted id;
  };
  struct Copies {
    PlaceRole first;  ///< where the first copy lay
    bool told = false;
  };
  void walk(const OpenLists& open, std::size_t list);
  void see(const Job& job, std::size_t list, const Place& place, std::string_view element);
  void apply(const RedisDiagnosisRule& rule, const Job& job, std::size_t list, const Place& place,
             std::string_view element);
  /// Whether the job's id is one of its own, and the job no record of the past.
  bool tells_jobs_apart(const Job& job) const;
  void look_for_copies(const Job& job, const Place& place);
  /// Reports what is still so a moment later: a transition pushes to the next place before it leaves the one before.
  void look_again(const OpenLists& open);

  RedisKeyspace& keys_;
  const DecodeContext& context_;
  const ReadLimits& limits_;
  DiagnosisReport& report_;
  std::uint64_t most_;
  bool cut_ = false;
  std::unique_ptr<JobWatcher> watcher_;
  OrphanedRecords orphans_;
  std::unordered_map<std::uint64_t, Copies> copies_;                 ///< by identity
  std::vector<std::pair<std::uint64_t, Untrusted>> beside_running_;  ///< jobs with a copy in a worker's hands
  std::vector<Candidate> candidates_;
};

}  // namespace queuetrace

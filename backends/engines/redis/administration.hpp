// JobAdministration over any system described by a RedisSystem: what to do comes from its RedisActionRules. The plan is
// in plan.cpp, the writes in apply.cpp, backups in backup.cpp and restore.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backends/engines/redis/element_search.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/job_administration.hpp"

namespace queuetrace {

struct BackedUpElement;
struct BackedUpJob;

class RedisAdministration : public JobAdministration {
 public:
  /// `keys` must outlive this; its connection must be open for writing when anything is applied.
  explicit RedisAdministration(RedisKeyspace& keys);

  ActionOffer offer(const Action& action) const override;
  /// Lists come from the end that is taken from first, so that what is done in the order of the plan meets each element
  /// at the end of its list; with Action::front from the other one, so that the order survives there as well.
  TargetPage plan(const Action& action, const JobQuery& query) override;
  std::vector<BackupRecord> back_up(std::span<const Target> targets, const ReadLimits& limits) override;
  std::vector<TargetReport> report_left_out(const Action& action, std::span<const Target> targets,
                                            const ReadLimits& limits) override;
  /// Script runs of a bounded number of targets each, two under way at once.
  std::vector<TargetReport> apply(const Action& action, std::span<const Target> targets,
                                  const ReadLimits& limits) override;
  /// The first call of an administration reads every list once, to know what is there again.
  std::vector<TargetReport> restore(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override;
  /// One script run a record.
  std::vector<TargetReport> undo(std::vector<BackupRecord> records, bool dry_run, const ReadLimits& limits) override;
  std::size_t largest_chunk() const override { return 512; }
  std::uint64_t bytes_of(const Target& target) const override;
  ActionOffer offer_pause() const override;
  std::vector<QueueStatistics> paused_among(const std::vector<std::string>& queues, const ReadLimits& limits) override;
  TargetReport set_paused(const PauseChange& change) override;

 private:
  /// What lies in the lists, by fingerprints: elements of each list, and the jobs of each place.
  struct Presence {
    std::map<std::string, std::unordered_map<std::uint64_t, std::uint64_t>> elements;  ///< copies not yet asked for
    std::map<const Place*, std::unordered_set<std::uint64_t>> jobs;
    bool dry_run = false;
  };

  const RedisActionRule* rule_for(ActionKind action) const;
  ActionOffer refused(std::optional<ActionKind> action, std::string_view word) const;
  RedisConnection& connection() { return keys_.connection(); }
  /// RedisChanging::holders, where the system has them.
  std::vector<std::string> holders_of_parts();

  /// How much the records that are to be changed take, where there may be large ones: what is held is bounded by that.
  void note_record_sizes(TargetPage& page);
  void warn_about_depth(TargetPage& page, const Action& action);
  /// Asks RedisActionRule::question of those that would be acted upon.
  void ask_questions(TargetPage& page, const RedisActionRule& rule);
  /// Takes from `indexes` and reports those whose RedisActionRule::absent_key is there now or within `settling`.
  void drop_taken(const RedisActionRule& rule, std::span<const ActionTarget> targets, std::vector<std::size_t>& indexes,
                  std::vector<TargetReport>& reports);
  /// Indexes of those that are to be asked again.
  std::vector<std::size_t> apply_once(const RedisActionRule& rule, std::span<const ActionTarget> targets,
                                      const std::vector<std::size_t>& indexes, std::vector<TargetReport>& reports);
  /// Why the keys of a run cannot be changed together; empty: they can.
  std::string_view parted(const ScriptCall& call) const;

  /// Copies of the element in its list when it was first asked for, less those that other records found.
  std::uint64_t& copies_there(const BackedUpElement& element, const ReadLimits& limits);
  /// Which job an element is, whatever its counters say; absent: it has no id.
  std::optional<std::uint64_t> identity(const Place& place, std::string_view key, std::string_view bytes) const;
  bool is_in(const Place& place, std::uint64_t job, const ReadLimits& limits);
  bool lives_elsewhere(const BackedUpElement& element, const Place& place, const ReadLimits& limits);
  void restore_elements(std::span<const BackedUpJob> jobs, bool dry_run, const ReadLimits& limits,
                        std::vector<TargetReport>& reports);
  bool is_of_this_source(const BackedUpJob& job) const;
  /// Keys, members and fields of jobs; where it says that nothing is to be done, an element is left alone as well.
  void restore_parts(std::span<const BackedUpJob> jobs, bool dry_run, std::vector<TargetReport>& reports);

  RedisKeyspace& keys_;
  RedisKeyspace oldest_first_;                    ///< the same store, its lists read from the other end
  std::map<std::string, std::uint64_t> planned_;  ///< targets of the plan under way, by list
  ElementSearch search_;
  Presence presence_;
};

}  // namespace queuetrace

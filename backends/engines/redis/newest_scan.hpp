// The newest jobs of containers that lie in no order: one bounded pass over all of them, in flat memory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/engines/redis/cursor.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/scan_walker.hpp"

namespace queuetrace {

/// A job with its place in the order.
struct MarkedJob {
  JobMark mark;
  std::size_t list = 0;
  Job job;
};

/// Hashes have no order, so each page of a listing looks at all jobs again and keeps those that come next: never more
/// than a page in memory. First only what sorting and filtering need is read; the page's jobs are then read whole. A
/// job that is created while pages are read comes where its time puts it.
class NewestScan {
 public:
  /// `lists` and `query` must outlive the scan. `after`: where the page before ended.
  NewestScan(RedisKeyspace& keys, const JobQuery& query, const DecodeContext& context,
             const std::vector<OpenList>& lists, std::optional<JobMark> after);

  /// The next jobs, at most JobQuery::page_size, in order.
  std::vector<MarkedJob> run();

  bool more() const { return more_; }  ///< further jobs follow those given out
  std::uint64_t examined() const { return examined_; }
  const std::optional<std::string>& truncated() const { return truncated_; }  ///< why the pass ended early
  std::uint64_t skipped() const { return skipped_; }
  std::uint64_t cut() const { return cut_; }

 private:
  struct Kept {
    std::size_t list;
    std::string element, field, score;
    Job job;
  };
  void walk(std::size_t list, EntryReader& reader);
  void read_all(ScanWalker& walker, std::size_t list, EntryReader& reader);
  /// Reads a sorted set by ranks, from its highest score down, in windows that overlap and are asked for while the one
  /// before is looked at. Elements that stay where they are come at least once. False: so much moved in between that
  /// the place was lost, and the set must be read by a scan.
  bool read_by_rank(std::size_t list, EntryReader& reader);
  void consider(std::size_t list, EntryReader& reader, const Window& window, const TakeEarlier& take_earlier = {});
  /// Reads the records of these ids; whether each of them was found.
  bool read_by_id(std::size_t list, const std::vector<std::string>& ids, EntryReader& reader);
  std::vector<MarkedJob> read_whole();
  bool wanted(const JobMark& mark) const;
  bool may_go_on();

  RedisKeyspace& keys_;
  const JobQuery& query_;
  const DecodeContext& context_;
  const std::vector<OpenList>& lists_;
  std::optional<JobMark> after_;
  std::map<JobMark, Kept> kept_;
  bool more_ = false;
  std::uint64_t examined_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t cut_ = 0;
  std::optional<std::string> truncated_;
};

/// Whether the records of a place can be read by the ids of the filter, without looking at others.
bool has_direct_ids(const JobFilter& filter, const Place& place);

}  // namespace queuetrace

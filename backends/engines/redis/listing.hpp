// One page of jobs over all containers of a store.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "backends/engines/redis/cursor.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/newest_scan.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Texts of the jobs of one page: it ends with the job that brings it here.
inline constexpr std::uint64_t most_page_bytes = 4u << 20;

/// Order `newest`: a merge of the lists by creation time. Each list is read in windows from the end where jobs are
/// added, and a job is given out once it is at least as new as the last entry read of every list that continues. So the
/// answer is exactly newest first where each list lies in order of creation, apart from jobs pushed again later
/// (retries, requeues), which are found at the new end and wait for their turn; a list in any other order is merged
/// as well as its windows allow. Containers without order (records, hashes, sets) are looked at whole for each page
/// (NewestScan). Ties go by id, then by place. Order `storage`: container after container, lists from their new end,
/// others as SCAN gives them; there an element may repeat over pages when the server rebuilds its table in between.
///
/// A cursor holds, for each list, how far it was read and which entries were read but not given out; after a pause the
/// place is found again by the entries next to it. Lists of running jobs are read whole, at one moment, with the first
/// page that reaches them.
class Listing {
 public:
  Listing(RedisKeyspace& keys, const JobQuery& query);
  Page run();

 private:
  struct Candidate {
    Job job;
    Timestamp order;
    std::size_t list = 0;
    std::uint64_t position = 0;
    std::uint64_t shift = 0;      ///< of its list when it was read
    std::optional<JobMark> mark;  ///< found by NewestScan; `position` is then its turn there
  };
  struct GivenLater {
    bool operator()(const Candidate& a, const Candidate& b) const;
  };
  struct List {
    OpenList open;
    std::unique_ptr<Walker> walker;
    Timestamp frontier = infinite_future;                            ///< nothing still unread is expected to be newer
    std::uint64_t window = 0;                                        ///< size of the next request
    std::uint64_t found_nothing = 0;                                 ///< windows in a row without a match
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held_back;  ///< from the cursor
  };

  std::vector<const Place*> wanted_places() const;
  /// A container of a queue that the filter does not want.
  bool is_of_another_queue(const OpenList& list) const;
  void begin();
  /// Looks at the containers without order; all of them when records are read by their ids.
  void scan_unordered(std::optional<JobMark> after);
  bool scanned_whole(const Place& place) const;
  void warn_about_placeholders();
  void resume(const ListingCursor& cursor);
  void add_list(OpenList open, ListProgress progress);
  void read_whole_running_list(std::size_t index);
  void read_held(std::size_t index);

  bool may_go_on(Page& page);
  std::size_t next_list() const;
  void fill(std::size_t index);
  void request_ahead(std::size_t index);
  void receive_for(std::size_t index);
  /// Decodes what may match; returns after the first `room` matches in storage order.
  void examine(std::size_t index, const Window& window, std::size_t room);
  void consider(std::size_t index, const Window& window, MatchedEntry found);
  Timestamp order_of(const Job& job, Timestamp without_time);
  void add(Candidate candidate);
  bool give_next(Page& page);
  void close(Page& page);
  std::uint64_t query_fingerprint() const;

  RedisKeyspace& keys_;
  const JobQuery& query_;
  DecodeContext context_;
  EntryReader reader_;
  bool sparse_;  ///< few entries are expected to match
  bool storage_;
  bool scans_;  ///< entries are looked for, so the scan bound counts
  bool stopped_ = false;
  std::uint64_t scanned_ = 0;
  std::vector<List> lists_;
  std::vector<OpenList> unordered_;
  std::optional<JobMark> given_;  ///< of NewestScan
  bool scan_again_ = false;
  std::uint64_t scanned_whole_ = 0;
  std::uint64_t cut_ = 0;  ///< jobs of which only the beginning was read
  std::optional<std::string> scan_truncated_;
  std::deque<std::size_t> asked_;   ///< lists in the order of their outstanding requests
  std::vector<Candidate> waiting_;  ///< a heap by GivenLater
  std::int64_t sequence_ = 0;
  std::size_t given_count_ = 0;    ///< jobs of this page
  std::uint64_t given_bytes_ = 0;  ///< texts of these
  std::vector<std::string> warnings_;
};

}  // namespace queuetrace

// One page of jobs over all lists of a store.
#pragma once

#include <deque>
#include <vector>

#include "backends/kv/cursor.hpp"
#include "backends/kv/list_walker.hpp"
#include "backends/kv/needles.hpp"
#include "backends/kv/redis_job_store.hpp"

namespace queuetrace {

/// Order `newest`: a merge of the lists by creation time. Each list is read in windows from the end where jobs are
/// added, and a job is given out once it is at least as new as the last entry read of every list that goes on. So the
/// answer is exactly newest first where each list lies in order of creation, apart from jobs pushed again later
/// (retries, requeues), which are found at the new end and wait for their turn; a list in any other order is merged
/// as well as its windows allow. Ties go by id, then by place. Order `storage`: list after list, each from its new end.
///
/// A cursor holds, for each list, how far it was read and which entries were read but not given out; after a pause the
/// place is found again by the entries next to it. Lists of running jobs are read whole, at one moment, with the first
/// page that reaches them.
class Listing {
 public:
  Listing(RedisJobStore& store, const JobQuery& query);
  Page run();

 private:
  struct Candidate {
    Job job;
    Timestamp order;
    std::size_t list = 0;
    std::uint64_t position = 0;
    std::uint64_t shift = 0;  ///< of its list when it was read
  };
  struct GivenLater {
    bool operator()(const Candidate& a, const Candidate& b) const;
  };
  struct List {
    OpenList open;
    std::unique_ptr<ListWalker> walker;
    Timestamp frontier = infinite_future;                            ///< nothing still unread is expected to be newer
    std::uint64_t window = 0;                                        ///< size of the next request
    std::uint64_t found_nothing = 0;                                 ///< windows in a row without a match
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held_back;  ///< from the cursor
  };

  void begin();
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
  void examine(std::size_t index, const ListWindow& window, std::size_t room);
  void consider(std::size_t index, const Entry& entry, std::uint64_t position);
  Timestamp order_of(const Job& job, Timestamp without_time);
  void add(Candidate candidate);
  bool give_next(Page& page);
  void close(Page& page);
  std::uint64_t query_fingerprint() const;

  RedisJobStore& store_;
  const JobQuery& query_;
  Needles needles_;
  DecodeContext context_;
  bool storage_;
  bool scans_;  ///< entries are looked for, so the scan bound counts
  bool stopped_ = false;
  std::uint64_t scanned_ = 0;
  std::vector<List> lists_;
  std::deque<std::size_t> asked_;   ///< lists in the order of their outstanding requests
  std::vector<Candidate> waiting_;  ///< a heap by GivenLater
  std::int64_t sequence_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace queuetrace

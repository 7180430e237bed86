// Counts, ages, rates, pauses and tracing coverage of an installation's queues, from lengths and bounded reads.
#pragma once

#include <string>
#include <vector>

#include "backends/engines/redis/keyspace.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// One reading. All containers that belong to one queue are one row.
class StatisticsReader {
 public:
  /// `keys` must outlive the reader.
  StatisticsReader(RedisKeyspace& keys, const StatisticsQuery& query);
  Statistics run();

 private:
  void add(const OpenList& list);
  /// The newest entries of the list up to a bound, and its oldest one, by state.
  QueueStatistics read_list(const OpenList& list);
  /// Every element of a place whose jobs name their queues themselves, up to the bound.
  void add_by_queue(const OpenList& list);
  void add_running(const std::vector<Job>& running);
  /// Jobs that reached append-only lists between two looks. A list that is not there is empty: it may appear meanwhile.
  void add_rates(const OpenLists& before, const OpenLists& after);
  void add_pauses();
  void drop_unwanted();

  RedisKeyspace& keys_;
  StatisticsQuery query_;  ///< its deadline is put off by the interval
  DecodeContext context_;
  Statistics out_;
};

}  // namespace queuetrace

// What workers take next from the waiting places, in their order, and what waits and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/pauses.hpp"
#include "model/held_texts.hpp"
#include "model/peek.hpp"

namespace queuetrace {

/// One look. Places named by their queue stand for themselves: of several that are one queue the first in the order of
/// Deployment::places is drained first. Other places are drained one after the other.
class Peek {
 public:
  /// Both must outlive the look.
  Peek(RedisKeyspace& keys, const PeekQuery& query);
  PeekResult run();

 private:
  /// The containers of one queue, in the order they are drained.
  struct Queue {
    std::string name;
    std::vector<const OpenList*> lists;
    std::uint64_t length = 0;
  };
  std::vector<Queue> queues_of(const OpenLists& open) const;
  void peek_queue(const Queue& queue, std::size_t running);
  /// Up to `wanted` jobs from the end workers take from.
  void take(const OpenList& list, std::size_t wanted, PeekQueue& out);
  /// A place that several queues share: one queue in all, or one for each that is asked for.
  void peek_shared(const OpenList& list);
  /// What waits for its time, by queue.
  void explain_later(const OpenList& list);
  /// Whether a queue that a system's own explanation names was asked for.
  bool is_wanted(const std::string& queue) const;
  PeekQueue& row_of(const Untrusted& queue);

  RedisKeyspace& keys_;
  const PeekQuery& query_;
  DecodeContext context_;
  QueuePauses pauses_;
  std::uint64_t ahead_ = 0;  ///< jobs in places that are drained before
  PeekResult out_;
  HeldTexts held_;
};

}  // namespace queuetrace

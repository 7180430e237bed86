// What workers take next, in their exact order, and what waits and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "model/page.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

struct PeekQuery {
  std::vector<std::string> queues;  ///< globs or aliases; empty: every queue with something to take
  std::size_t count = 10;  ///< jobs wanted per queue (or in all, where workers drain several queues in one order)
  bool why = false;        ///< fill PeekQueue::waiting
  bool payload = false;
  std::optional<std::string> worker;  ///< replay this worker's matching rules, where the system has such rules
  ReadLimits limits;
};

/// Jobs that are not taken now, grouped by reason.
struct Waiting {
  std::string reason;       ///< stable code: scheduled, paused, blocked, quoted-state, disabled-cron, no-consumer, ...
  std::string explanation;  ///< one sentence for people: what holds them and what would release them
  std::optional<std::uint64_t> count;
  bool capped = false;                ///< at least `count`
  std::optional<Timestamp> earliest;  ///< when the first of them becomes due
  std::optional<Untrusted> sample;    ///< id of one of them
};

struct PeekQueue {
  Untrusted queue;
  std::vector<Job> next;                 ///< first element is taken first
  std::optional<QueuePause> pause = {};  ///< nothing is taken: `next` would be, once the queue is resumed
  bool exact = true;                     ///< false: workers may choose otherwise, see `notes`
  std::vector<std::string> notes;        ///< `queue is paused since ...`, `order inside a batch is not guaranteed`
  std::vector<Waiting> waiting;
};

struct PeekResult {
  std::vector<PeekQueue> queues;
  std::optional<std::string> truncated;
  std::vector<std::string> warnings;
};

}  // namespace queuetrace

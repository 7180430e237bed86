// A queue that was paused or resumed, as a record.
#pragma once

#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/plan.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// What was asked for, and what is so now.
struct PauseFacts {
  std::string source = {};
  std::string queue = {};
  bool paused = true;  ///< as asked for
  bool dry_run = false;
  std::string result = {};                  ///< in words: `would be paused`
  const QueueStatistics* before = nullptr;  ///< nullptr: unknown
};

/// Schema `queuetrace.queue_report/1`, key `queues`. Fields: source, queue, paused (as asked for), outcome (not in a
/// dry run), result, was_paused, paused_at, paused_by, pause_reason, waiting, running, reason, cause.
Record pause_record(const PauseFacts& facts, const TargetReport& report);
std::span<const Column> pause_columns();

}  // namespace queuetrace

// All about one queue, as a record for programs and as a screen for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formatters/error_group_record.hpp"
#include "formatters/formatter.hpp"
#include "formatters/table_view.hpp"
#include "model/peek.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// A job that failed and was not run since, or is dead.
struct LastFailure {
  Timestamp at;
  Untrusted job;    ///< its id
  Untrusted error;  ///< empty: none was recorded
};

struct QueueScreen {
  std::string source;  ///< address of the store
  std::string system;
  QueueStatistics queue;
  std::optional<Timestamp> now;              ///< the store's clock
  std::optional<PeekQueue> next;             ///< with what is not taken, and why
  std::vector<ErrorGroup> errors;            ///< the largest groups
  std::optional<LastFailure> last_failure;   ///< of those that were looked at and whose time is known
  bool some_errors = false;                  ///< not all failed jobs were looked at
  Milliseconds window{};                     ///< of rates and times
  Milliseconds patience = AgeLimits().warn;  ///< for how long due jobs may wait before the queue counts as stuck
};

/// Schema `queuetrace.queue/1`, key `queues`. Fields: verdict, verdict_text, those of `stats`, then paused_at,
/// paused_by, reason, held (list of {reason, count, count_exactness, earliest_at, sample, explanation}), next (job
/// refs), errors (list of {group, count, last_seen_at, message, sample_error}), errors_exactness, last_failure
/// ({ref, at, error}).
Record queue_show_record(const QueueScreen& facts);
std::span<const Column> queue_show_columns();

/// The same for a detail of `-o table`: QUEUE, VERDICT, PAUSE, WAITING, RUNNING, FAILED, and so on, a line or a few
/// each.
Record queue_screen_record(const QueueScreen& facts);
std::span<const Column> queue_screen_columns();
/// Which of its fields stand out in colour.
const TableView& queue_screen_table();

}  // namespace queuetrace

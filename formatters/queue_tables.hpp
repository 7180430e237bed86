// Queues as people read them: one row each, those in trouble first.
#pragma once

#include <optional>

#include "formatters/table_view.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// QUEUE SOURCE WAIT OLDEST RUN FAILED, rates, times, and what is wrong.
const TableView& statistics_table();

/// The same for who looks again and again, with +/-: how `waiting` differs from a look before, the field
/// `waiting_change`, unknown in a first look; on a wide terminal with LAST 10 MIN: how many waited in each of these
/// minutes, the list `waiting_history`, unknown ones in which nobody looked.
const TableView& live_queue_table();

/// A row a queue and state (`stats --by-state`).
const TableView& state_table();

/// QUEUE SOURCE WAITING OLDEST RUNNING FAILED, with who paused it and why below its row.
const TableView& queue_table();

/// Adds what these tables show of a queue and its records do not hold: `failed` (with dead), `oldest_age_ms`,
/// `paused_at`, `paused_by` and `reason`, as far as they are not there.
void add_table_fields(Record& record, const QueueStatistics& queue, const std::optional<Timestamp>& now);

}  // namespace queuetrace

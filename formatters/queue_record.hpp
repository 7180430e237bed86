// A queue of `queue list` as a record: what it holds, whether it is paused, and since when, by whom and why.
#pragma once

#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// Schema `queuetrace.queues/1`, key `queues`. Fields: source, system, queue, waiting (pending, scheduled, blocked and
/// retrying), waiting_exactness, running, running_exactness, failed (failed and dead), dead, dead_exactness,
/// oldest_age_ms, oldest_due_age_ms, counts_exactness (that of the least certain of the three), paused (absent: the
/// system cannot pause, or it is not known), paused_at, paused_by, reason (of the pause), notes.
Record queue_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                    const std::optional<Timestamp>& now);
/// `only_paused`: all queues are paused, so tables tell who paused them and why in place of that.
std::span<const Column> queue_columns(bool only_paused);

}  // namespace queuetrace

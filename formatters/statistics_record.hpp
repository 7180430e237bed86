// Statistics as records: one per queue, or one per queue and state.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/job_state.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// Jobs of a queue in these states, in all of them when none is named; the least certain part decides how certain the
/// sum is. Where no such job was counted, that is as certain as the least certain count of the queue: they may be among
/// those that were not looked at.
Count sum_of_states(const QueueStatistics& queue, std::initializer_list<JobState> wanted);

/// Jobs that are still to be done and are not running: pending, scheduled, blocked and retrying.
Count waiting_jobs(const QueueStatistics& queue);

/// Failed and dead jobs.
Count failed_jobs(const QueueStatistics& queue);

/// How long ago the oldest of the waiting jobs was created (Milliseconds); unknown without `now`, the store's clock.
Value oldest_age(const QueueStatistics& queue, const std::optional<Timestamp>& now);

/// How long ago the first of the jobs that could run came due, as `health --max-age` counts; unknown without `now`.
Value oldest_due_age(const QueueStatistics& queue, const std::optional<Timestamp>& now);

/// Schema `queuetrace.stats/1`, key `queues`. Fields: source, system, queue, paused, total, total_exactness, waiting
/// (pending, scheduled, blocked and retrying), running, failed (failed and dead), oldest_age_ms (of those waiting),
/// oldest_due_age_ms, paused_at, paused_by, reason, stale, stale_exactness, completed_per_minute, failed_per_minute,
/// wait_samples, wait_p50_ms, wait_p95_ms, wait_p99_ms, wait_max_ms, the same for run, trace_examined, trace_w3c,
/// trace_opaque, trace_placeholder, trace_absent, trace_sampled, trace_percent, states (list of {state, count,
/// count_exactness, oldest_at, oldest_age_ms, newest_at}), notes. `now`: the store's clock; without it ages are
/// unknown.
Record queue_statistics_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                               const std::optional<Timestamp>& now);
std::span<const Column> queue_statistics_columns();

/// Schema `queuetrace.states/1`, key `states`. Fields: source, system, queue, state, count, count_exactness, oldest_at,
/// oldest_age_ms, newest_at.
Record state_statistics_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                               const StateStatistics& state, const std::optional<Timestamp>& now);
std::span<const Column> state_statistics_columns();

/// `exact`, `at_least`, `estimated`.
std::string_view to_word(Exactness exactness);

}  // namespace queuetrace

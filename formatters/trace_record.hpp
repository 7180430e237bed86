// A node of a trace as a record for machine formats, schema queuetrace.trace/1.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/trace_action.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// The fields of job_record(), then `parent_ref`, `edge` (how it is tied to that parent or to the trace), `depth`,
/// `critical`, `segments` (kind, begin, end, length_ms, open, estimated), `links` (ref, edge, use),
/// `parents_not_found`, `occurrence`, `skew_ms`. A parent that was not found has `ref`, `id`, `source`, `depth` and
/// `found` false.
Record trace_record(const TraceTree& tree, std::size_t index, const JobLinks& links);

/// Columns of these records.
std::span<const Column> trace_columns();

/// `trace`: jobs, missing, systems, sources, queues, failed, unfinished, without_times, first, last, held_ms,
/// waiting_ms, running_ms, critical_path (refs), critical_ms and critical_shares (kind, queue, length_ms).
Fields trace_summary(const TraceTree& tree);

}  // namespace queuetrace

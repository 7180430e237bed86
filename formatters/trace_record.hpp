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
/// `found` false. Where spans were read also `span` (span_id, trace_id, parent_span_id, name, service, kind, status,
/// error, begin, end, duration_ms, attributes), `span_tie`, `span_found`, `attempt`, `made_in` (ref), `after_maker_ms`,
/// `span_lag_ms`; `now`: for ages, as in job_record(). A span without a job has `ref` (`span:` and its id), `id` and
/// what follows the fields of a job.
Record trace_record(const TraceTree& tree, std::size_t index, const JobLinks& links,
                    const std::optional<Timestamp>& now = {});

/// Columns of these records.
std::span<const Column> trace_columns();

/// `trace`: jobs, missing, systems, sources, queues, failed, unfinished, without_times, first, last, held_ms,
/// waiting_ms, running_ms, critical_path (refs), critical_ms and critical_shares (kind, queue, length_ms); where spans
/// were read also spans, failed_spans, spans_not_found and services.
Fields trace_summary(const TraceTree& tree);

}  // namespace queuetrace

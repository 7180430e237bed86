// A trace as it is seen in the queues (`trace list`), as a record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/job.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// What the jobs of one trace amount to.
struct TraceSummary {
  Untrusted trace_id;  ///< as the first job has it, or the 32 digits where a whole context is stored
  TraceStatus status = TraceStatus::absent;
  TraceTotals totals;
  std::optional<Timestamp> first, last;  ///< TraceTree::first and last
  std::map<JobState, std::uint64_t> states;
  std::set<Untrusted> queues;
  std::set<Untrusted> correlation_ids;
  std::optional<Untrusted> error;        ///< of the job that failed last
  std::optional<std::string> trace_url;  ///< absent: no viewer opens it

  /// From the first moment to the last; absent without times.
  std::optional<Milliseconds> total() const;
};

/// Schema `queuetrace.traces/1`, key `traces`. Fields: trace_id, trace_status, jobs, states (numbers by state), failed,
/// unfinished, first_at, last_at, total_ms, held_ms, waiting_ms, running_ms, systems, sources, queues, correlation_ids
/// (both at most 20), error, trace_url.
Record trace_list_record(const TraceSummary& trace);
std::span<const Column> trace_list_columns();

/// TRACE JOBS LAST TOTAL WAITED STATES, with the last error below.
const TableView& trace_list_table();

}  // namespace queuetrace

// Trace context inside an application's JSON documents (SqlCarrier): which paths and which index a live store has, what
// to ask for, and which of the rows found are the jobs asked for.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/connection.hpp"
#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

class Parameters;

/// Looks at the newest rows of an opened system for the paths its trace contexts are under, and at the catalogue for
/// indexes that hold the ids. `trace_paths` in `keys` (dotted paths, separated by commas; where a relation has several
/// documents they begin with the column) is taken as it is and nothing is discovered then. Two or three statements a
/// document; one that takes longer than `timeout` leaves the well-known paths.
void bind_carriers(SqlConnection& connection, BoundSystem& system, const std::map<std::string, std::string>& keys,
                   std::chrono::milliseconds timeout);

/// A text of one of the relation's carriers names one of the traces asked for. Finds too much where an id is part of
/// another text: see is_wanted().
std::string carrier_condition(const BoundSystem& system, const BoundRelation& relation,
                              const std::vector<TraceQuery>& wanted, Parameters& parameters);
/// The same for spans.
std::string carrier_span_condition(const BoundSystem& system, const BoundRelation& relation,
                                   const std::vector<std::string>& wanted, Parameters& parameters);
/// Equality through the indexes; empty where they cannot answer for all of `wanted`.
std::string carrier_index_condition(const BoundSystem& system, const BoundRelation& relation,
                                    const std::vector<TraceQuery>& wanted, Parameters& parameters);

/// Whether contexts were seen in the document, or the user named where in it they are. Of several documents those that
/// are not in use are searched as long as not all others are indexed.
bool is_in_use(const BoundCarrier& carrier);
/// Whether indexes hold the ids of all carriers of the relation that are in use.
bool carriers_are_indexed(const BoundRelation& relation);

/// Whether a job that these conditions found has the trace and span asked for.
bool is_wanted(const Job& job, const JobFilter& filter);

/// Whether the job's kind is one of those asked for, where it is told after reading (SqlFieldRule::members).
bool is_kind_wanted(const Job& job, const JobFilter& filter);

/// The context that a text found at a path holds: a carrier, a traceparent, or an id. Absent where there is none.
std::optional<TraceContext> context_at_path(std::string_view text);

/// Whether `text` has the id with flags behind it (traceparent) that say it was not sampled.
bool is_unsampled(std::string_view text, std::string_view trace_id);

/// `CREATE INDEX` for the paths in use, absent where a path could not be written into it safely.
std::optional<std::string> carrier_index_statement(const BoundSystem& system, const BoundRelation& relation,
                                                   const BoundCarrier& carrier);

}  // namespace queuetrace

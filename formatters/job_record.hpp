// A job as a record, with the columns that lists show.
#pragma once

#include <optional>
#include <span>

#include "formatters/formatter.hpp"
#include "model/job.hpp"
#include "model/trace_action.hpp"

namespace queuetrace {

/// All fields of docs/design.md section 2.4 in its order; unknown ones hold std::monostate. Payload and result only
/// when the job has them. `now`: for its age and how long until it is due; absent: unknown.
Record job_record(Job job, JobLinks links, const std::optional<Timestamp>& now = {});

/// Since when the job is in its state: the end of one that ended, the start of one that runs or ran before, and
/// creation for one that never did. Absent: unknown.
std::optional<Timestamp> state_since(const Job& job);

/// Columns for job lists; every field of the record has one.
std::span<const Column> job_columns();

}  // namespace queuetrace

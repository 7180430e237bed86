// A job as a record, with the columns that lists show.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/job.hpp"
#include "model/trace_action.hpp"

namespace queuetrace {

/// All fields of docs/design.md section 2.4 in its order; unknown ones hold std::monostate. Payload and result only
/// when the job has them.
Record job_record(const Job& job, const JobLinks& links);

/// Columns for job lists; every field of the record has one.
std::span<const Column> job_columns();

}  // namespace queuetrace

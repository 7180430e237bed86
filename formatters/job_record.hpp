// A job as a record, with the columns that lists show.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formatters/formatter.hpp"
#include "model/job.hpp"
#include "model/trace_action.hpp"

namespace queuetrace {

/// All fields of design section 2 in its order; unknown ones hold std::monostate. Payload and result only when the job
/// has them.
Record job_record(const Job& job, const JobLinks& links);

/// Columns for job lists.
std::span<const Column> job_columns();

}  // namespace queuetrace

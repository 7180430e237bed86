// A job as a record, with the columns that lists show.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formatters/formatter.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// What can be done with a job's trace: `copy`, `open` or `view`. `command` is a queuetrace command, never built from
/// unchecked data.
struct TraceAction {
  std::string type;
  std::string label;
  std::string command;  ///< empty when there is none
  std::string url;      ///< empty when there is none
  std::string description;
};

/// Links made for one job (tracing/viewer.hpp).
struct JobLinks {
  std::optional<std::string> trace_url;
  std::vector<TraceAction> actions;
};

/// All fields of design section 2 in its order; unknown ones hold std::monostate. Payload and result only when the job
/// has them.
Record job_record(const Job& job, const JobLinks& links);

/// Columns for job lists.
std::span<const Column> job_columns();

}  // namespace queuetrace

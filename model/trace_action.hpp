// What a user can do with the trace of a job, and the links made for one job.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace queuetrace {

/// What can be done with a job's trace: `copy`, `open` or `view`. `command` is a queuetrace command, never built from
/// unchecked data.
struct TraceAction {
  std::string type;
  std::string label;
  std::string command;      ///< empty when there is none
  std::string url;          ///< empty when there is none
  std::string description;  ///< data in it is printable ASCII
};

/// Links made for one job (tracing/trace_actions.hpp).
struct JobLinks {
  std::optional<std::string> trace_url;
  std::vector<TraceAction> actions;
};

}  // namespace queuetrace

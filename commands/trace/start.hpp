// What `trace show` begins with: the text as typed, read as a trace id, a correlation id and a job.
#pragma once

#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/trace/collect.hpp"

namespace queuetrace {

struct OpenedTrace {
  std::string typed;  ///< the text itself, `-` and `env` resolved
  TraceStart start;
  std::vector<OpenedSource> sources;  ///< all selected ones, and the one that `source/ID` names
  JobSearch search;                   ///< how it went as a job; `sources` taken out of it
  std::vector<Job> by_prefix;         ///< the job whose id only begins so: meant when nothing else is found
};

/// `as`: `trace`, `correlation`, `job` or empty for all of them. `-` takes the first line of stdin, `env` TRACEPARENT.
/// Throws Error{usage} for text that can be none of these, and what opening the only source throws.
OpenedTrace open_trace(const std::string& typed, const std::string& as, const Context& context);

}  // namespace queuetrace

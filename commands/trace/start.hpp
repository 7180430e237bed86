// What `trace show` begins with: the text as typed, read as a trace id, a correlation id and a job.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/trace/collect.hpp"

namespace queuetrace {

struct OpenedTrace {
  std::string typed;  ///< the text without what was copied around it, `-` and `env` resolved
  TraceStart start;
  std::vector<OpenedSource> sources;  ///< all selected ones, and the one that `source/ID` names
  JobSearch search;                   ///< how it went as a job; `sources` taken out of it
  std::vector<Job> named;             ///< the job whose id it is
  std::vector<Job> by_prefix;         ///< the job whose id only begins so: meant when nothing else is found
};

/// The id that was typed, where it is that of a trace and nothing else was asked for, as Span::trace.
std::optional<std::string> typed_trace(const OpenedTrace& trace);

/// `as`: `trace`, `correlation`, `job` or empty for all of them. `-` takes the first line of stdin, `env` TRACEPARENT.
/// All of them are asked for in one look through each store; up to `most_jobs` of a store, and one more, are taken of a
/// trace and correlation id. Throws Error{usage} for text that can be none of these, and what opening the only source
/// throws.
OpenedTrace open_trace(const std::string& typed, const std::string& as, const Context& context, std::size_t most_jobs);

}  // namespace queuetrace

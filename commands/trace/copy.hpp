// `trace copy`: a trace id, its link or its traceparent onto the clipboard.
#pragma once

#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/trace/subject.hpp"

namespace queuetrace {

struct TraceCopyOptions {
  TraceArgument argument;
  std::string what = "id";  ///< `id`, `url`, `traceparent`
  std::string method;       ///< `auto`, `native`, `tmux`, `osc52`, `none`; empty: as configured, and only on a terminal
};

void add_trace_copy(CLI::App& command, Invocation& chosen);

/// Copies on a terminal and says how; elsewhere, and with the method `none`, prints the value and a line end, so that
/// `$(queuetrace trace copy ...)` works. A method that is named is used wherever stdout goes. not_found when the job
/// has no such value; runtime_error when nothing could be copied: then the value is printed too.
ExitCode trace_copy(const TraceCopyOptions& options, Context& context);

}  // namespace queuetrace

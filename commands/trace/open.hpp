// `trace open`: a trace in the user's browser.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/trace/subject.hpp"

namespace queuetrace {

struct TraceOpenOptions {
  TraceArgument argument;
  bool print = false;  ///< start nothing
};

void add_trace_open(CLI::App& command, Invocation& chosen);

/// Always prints the URL; starts a browser unless `print`. Where none can be started it says why, and that is no
/// failure: the link is there. not_found when there is no link, with the reason.
ExitCode trace_open(const TraceOpenOptions& options, Context& context);

}  // namespace queuetrace

// `trace url`: the viewer's link to a trace, and nothing else, for scripts.
#pragma once

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/trace/subject.hpp"

namespace queuetrace {

struct TraceUrlOptions {
  TraceArgument argument;
  bool all_viewers = false;
};

void add_trace_url(CLI::App& command, Invocation& chosen);

/// Prints the URL and a line end; `all_viewers`: one line a viewer that has a link, name, tab, URL. Where JSON, CSV or
/// TSV was asked for, records of schema `queuetrace.links/1`, key `links`: viewer, url. not_found when there is no
/// link, with the reason.
ExitCode trace_url(const TraceUrlOptions& options, Context& context);

}  // namespace queuetrace

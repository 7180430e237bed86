// `trace show`: everything that happened to a trace, an order or a job, over all queues, as one tree and time line.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct TraceShowOptions {
  std::string typed;
  std::string as;  ///< `trace`, `correlation`, `job`, or empty: whatever fits
  std::size_t max_jobs = 1'000;
  int depth = -1;  ///< levels below the top to draw; negative: all
  bool payload = false;
};

/// tree, mermaid, svg, html and chrome: drawn by trace_show() itself.
std::span<const OutputFormat> trace_show_formats();

void add_trace_show(CLI::App& command, Invocation& chosen);

/// Prints the tree where lists would be tables, otherwise the format of the context. Exit codes: done, not_found
/// (nothing belongs to what was typed), partial when a source failed or something was cut short.
ExitCode trace_show(const TraceShowOptions& options, Context& context);

}  // namespace queuetrace

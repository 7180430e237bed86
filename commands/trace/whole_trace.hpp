// All jobs of what was typed: what `trace show` draws and `trace export` writes.
#pragma once

#include <cstddef>
#include <string>

#include "commands/exit_code.hpp"
#include "commands/trace/collect.hpp"
#include "commands/trace/start.hpp"

namespace queuetrace {

/// Follows the links of what `trace` began with, up to `most_jobs` jobs; the jobs whose ids only begin as typed count
/// where nothing else was found. Costs what collect_trace() costs.
CollectedTrace collect_whole_trace(OpenedTrace& trace, std::size_t most_jobs, const Context& context);

/// Says that nothing was found. `as` is the kind that was asked for, or empty. Throws Error{not_found} when that is
/// certain: every source answered, and `all_asked` what was asked besides them. Otherwise says it as a warning and
/// gives the exit code of the sources, or partial.
ExitCode report_no_trace(const OpenedTrace& trace, const CollectedTrace& collected, const std::string& as,
                         bool all_asked, Context& context);

/// Says on stderr how the sources fared and what is missing. The exit code: partial when something is.
ExitCode report_collected(const CollectedTrace& collected, Context& context);

}  // namespace queuetrace

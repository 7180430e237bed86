// Links to a trace of which several jobs are known, and what searches of a viewer need.
#pragma once

#include <span>

#include "tracing/viewer.hpp"

namespace queuetrace {

/// The link of the first of these jobs that has one, all of them jobs of one trace, with the times of all of them in
/// its window. The reason of the first job where none has one; says so where there are no jobs.
Viewer::Link whole_trace_link(const Viewer& viewer, std::span<const Job* const> jobs, Timestamp now);

/// Whether the viewer's searches ask for a service and the configuration does not say which: then they ask for that of
/// the queue system's own spans.
bool needs_service(const ViewerSettings& settings);

}  // namespace queuetrace

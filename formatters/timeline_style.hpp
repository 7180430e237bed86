// Colours and fonts of the SVG and HTML drawings, light and dark.
#pragma once

#include <string_view>

#include "model/job_state.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// CSS for everything inside an element of class `qt`; the browser's preference chooses light or dark. Constant text
/// of ours: no data, nothing loaded from elsewhere.
std::string_view timeline_css();

/// The class that colours a state: `ok`, `bad`, `busy`, `retry`, `idle`; `span` for a span without a job
/// that tells of no error.
std::string_view state_class(const TraceNode& node);

}  // namespace queuetrace

// Traces that a viewer's search found, as records: schema queuetrace.found_traces/1.
#pragma once

#include "formatters/formatter.hpp"

namespace queuetrace {

/// Key `traces`; fields trace_id, name and service (of the root), begin, duration_ms, spans, errors, trace_url. A store
/// that does not tell some of them leaves them out.
Heading found_traces_heading();

}  // namespace queuetrace

// Spans that `trace export` made of rows: beside these rows they would only repeat them, as if they had been measured.
#pragma once

#include <cstddef>
#include <vector>

#include "model/job.hpp"
#include "model/span.hpp"

namespace queuetrace {

/// Takes out the spans that were rebuilt from these jobs (tracing/rebuilt_trace.hpp) and returns how many they were.
/// Those of other jobs, which may be gone from their queue, stay. Cost: linear in spans and their attributes.
std::size_t leave_out_rebuilt(std::vector<Span>& spans, const std::vector<Job>& jobs);

}  // namespace queuetrace

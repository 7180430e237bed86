// A filter in words, for records of what was asked.
#pragma once

#include <string>

#include "model/job_filter.hpp"

namespace queuetrace {

/// `trace-id 0af7..., state dead or failed, since 2026-01-02T03:04:05.000Z`; empty for a filter that asks nothing.
/// Holds what the user typed: data for whoever prints it.
std::string filter_words(const JobFilter& filter);

}  // namespace queuetrace

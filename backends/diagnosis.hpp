// What `doctor` looks for in every store, whatever its system: tracing coverage and parents that are not there.
#pragma once

#include <vector>

#include "backends/job_store.hpp"

namespace queuetrace {

/// The store's own findings (JobStore::diagnose), and these. Bounded: coverage as `stats` samples it, and parents of at
/// most 1,000 jobs, where ids are indexed.
std::vector<Finding> diagnose_store(JobStore& store, const ReadLimits& limits);

/// How many kinds of findings that can make.
std::size_t checks_of(const JobStore& store);

}  // namespace queuetrace

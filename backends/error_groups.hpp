// JobFilter::error_groups, which no store can look for: read by the rest of the filter, and told from the messages.
#pragma once

#include "backends/job_store.hpp"

namespace queuetrace {

/// Whether the job's error is of one of these groups; never without an error.
bool is_in_error_groups(const Job& job, const std::vector<std::string>& groups);

/// JobStore::list(), without the jobs whose errors belong to no group asked for. Then the page may hold more jobs than
/// asked for (at most 500); every job the rest of the filter fits counts as scanned, and more than the scan bound in
/// one call makes the page truncated.
Page list_page(JobStore& store, const JobQuery& query);

}  // namespace queuetrace

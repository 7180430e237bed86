// One page of a plan, error groups included: JobFilter::error_groups, which no store can look for.
#pragma once

#include <cstdint>

#include "backends/job_administration.hpp"

namespace queuetrace {

/// JobAdministration::plan(), without the jobs whose errors belong to no group asked for. `read`: jobs seen by the plan
/// so far, counted here; with error groups, more than the scan bound makes the page truncated.
TargetPage plan_page(JobAdministration& administration, const Action& action, const JobQuery& query,
                     std::uint64_t& read);

}  // namespace queuetrace

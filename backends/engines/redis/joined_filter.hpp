// A filter over jobs and their outcomes (joined_store.hpp), in two parts: what jobs are asked for, and what only shows
// when the outcome is known. Questions that are asked together (JobFilter::any_of) are left whole: they are about ids.
#pragma once

#include <utility>

#include "model/job_filter.hpp"

namespace queuetrace {

struct JoinedFilter {
  JobFilter of_jobs;
  JobFilter of_outcomes;  ///< empty: the outcome decides nothing

  explicit JoinedFilter(JobFilter filter) : of_jobs(std::move(filter)) {
    if (!of_jobs.any_of.empty()) return;
    of_outcomes.errors = std::exchange(of_jobs.errors, {});
    of_outcomes.workers = std::exchange(of_jobs.workers, {});
  }
};

}  // namespace queuetrace

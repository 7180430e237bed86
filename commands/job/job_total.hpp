// How many jobs a filter matches, by state: all of them, or as many as can be counted beside a page of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "model/job_state.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

using StateCounts = std::map<JobState, std::uint64_t>;

struct JobTotal {
  StateCounts states;
  Exactness exactness = Exactness::exact;  ///< of the least certain of them
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;

  std::uint64_t jobs() const;
};

/// All of them. A filter by nothing but queues and our own states is answered by the counts that `stats` shows, which
/// are one pass and may be estimated; any other one by reading the jobs that match, without what is not needed, in flat
/// memory and in one pass.
JobTotal count_jobs(std::vector<OpenedSource>& sources, const JobQuery& query);

/// At most 10,000 jobs and for at most a second, whatever limits the query has: `at_least` beyond that, and where a
/// source fails.
JobTotal count_some_jobs(std::vector<OpenedSource>& sources, JobQuery query);

/// A number by state.
Fields state_counts(const JobTotal& total);

/// `total`, or `total_at_least` or `total_estimated`, and `state_counts`.
Fields total_fields(const JobTotal& total);

}  // namespace queuetrace

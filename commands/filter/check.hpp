// Judges what a filter names against the stores that were opened: unknown states and queues are errors, not empty
// answers.
#pragma once

#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/filter/options.hpp"
#include "model/job_filter.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// Throws Error{usage} with a suggestion and the accepted words when the filter names a state that is neither ours nor
/// a word of any opened store's system. Says nothing when no store is open. No I/O. Times are about the end of jobs
/// from then on where the words mean ended jobs in every store that has them, as make_filter() does it for ours.
void check_states(JobFilter& filter, const FilterOptions& options, const std::vector<OpenedSource>& sources);

/// To be called when nothing matched: asks every store for its queue names. A queue named without glob characters that
/// no store knows (bytes compared) is an error: Error{not_found} with a suggestion when none of the named queues is
/// known (Error{usage} when the name is a number, as in `-n 10`), otherwise a returned warning. Names nothing when a
/// store could not be asked: then it is unknown.
std::vector<std::string> check_queues(const std::vector<std::string>& queues, std::vector<OpenedSource>& sources,
                                      const ReadLimits& limits);

}  // namespace queuetrace

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

/// Says what the states of `filter` mean in the stores that are open; nothing when none is. A word that a system prints
/// as its own finds the jobs that it calls so, besides those in our state of that word: a selector of the word alone is
/// added where one of ours leaves such jobs out. Throws Error{usage} with a suggestion and the accepted words for one
/// that is neither ours, nor of an opened store's system, nor that of any job; the last is asked of the stores, within
/// `limits` and two seconds, for words that no system knows, and only for them. Times are about the end of jobs from
/// then on where the words mean ended jobs in every store that has them, as make_filter() does it for ours.
void check_states(JobFilter& filter, const FilterOptions& options, std::vector<OpenedSource>& sources,
                  const ReadLimits& limits);

/// To be called when nothing matched: asks every store for its queue names. A queue named without glob characters that
/// no store knows (bytes compared) is an error: Error{not_found} with a suggestion when none of the named queues is
/// known (Error{usage} when the name is a number, as in `-n 10`), otherwise a returned warning. Names nothing when a
/// store could not be asked: then it is unknown.
std::vector<std::string> check_queues(const std::vector<std::string>& queues, std::vector<OpenedSource>& sources,
                                      const ReadLimits& limits);

}  // namespace queuetrace

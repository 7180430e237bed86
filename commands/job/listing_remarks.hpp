// What a list of jobs says around its table: how many of which state, where, and what to type next.
#pragma once

#include <map>

#include "commands/context.hpp"
#include "formatters/table_view.hpp"
#include "model/job_filter.hpp"
#include "model/job_state.hpp"

namespace queuetrace {

using StateCounts = std::map<JobState, std::uint64_t>;

/// `2 dead, 1 failed, 4 completed`, those that need attention first and in the colours of their states; empty for none.
std::vector<Phrase> state_phrases(const StateCounts& counts);

/// `9 jobs of order-12345 in demo: 1 dead, 4 completed`. `limit`: absent unless more jobs follow those counted.
Remarks listing_remarks(const JobFilter& filter, const StateCounts& counts, const std::vector<SourceOutcome>& outcomes,
                        std::optional<std::uint64_t> limit, const Context& context);

}  // namespace queuetrace

// What a list of jobs says around its table: how many of which state, where, and what to type next.
#pragma once

#include "commands/context.hpp"
#include "commands/job/job_total.hpp"
#include "formatters/table_view.hpp"
#include "model/job_filter.hpp"
#include "model/job_state.hpp"

namespace queuetrace {

/// `2 dead, 1 failed, 4 completed`, those that need attention first and in the colours of their states; empty for none.
std::vector<Phrase> state_phrases(const StateCounts& counts);

/// ` that ended in the last 1h`: which times were asked for, and of what; empty unless only a beginning was.
std::string within_words(const JobFilter& filter, Timestamp now);

/// What is said of a page of jobs.
struct ListedJobs {
  JobTotal total;                       ///< of the filter, or of the page where no more were counted
  std::uint64_t shown = 0;              ///< jobs of the page
  std::optional<std::uint64_t> limit;   ///< absent unless more jobs follow the page
  std::vector<std::string> asked = {};  ///< the filter as typed (typed_words())
};

/// `9 jobs of order-12345 in demo: 1 dead, 4 completed`, `50 of 2,400 jobs in demo: ...`, `50 of 10,000+ jobs ...`.
Remarks listing_remarks(const JobFilter& filter, const ListedJobs& listed, const std::vector<SourceOutcome>& outcomes,
                        const Context& context);

/// `No jobs match in demo.`, `No jobs of order-12345 in demo; without --state: 9.`, `No jobs that ended in the last 1h
/// in shop and files.` `wider`: what would be found, as found_without() says it.
std::string nothing_words(const JobFilter& filter, const std::vector<SourceOutcome>& outcomes, const std::string& wider,
                          Timestamp now);

/// `2,400 jobs that match in demo: 52 dead, 16 failed`, or that none does.
std::vector<Phrase> count_sentence(const JobFilter& filter, const JobTotal& total, Timestamp now);

}  // namespace queuetrace

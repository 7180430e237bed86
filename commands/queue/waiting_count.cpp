#include "commands/queue/waiting_count.hpp"

#include "commands/filter/check.hpp"
#include "commands/job/job_total.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"

namespace queuetrace {

ExitCode print_waiting_count(const std::vector<std::string>& queues, Context& context, OperationFacts& facts) {
  facts.queues = queues;
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  JobQuery query;
  query.filter.queues = queues;
  for (const JobState state : {JobState::pending, JobState::scheduled, JobState::blocked, JobState::retrying})
    query.filter.states.push_back({state, std::string(to_word(state))});
  query.limits = context.limits;
  JobTotal total = count_jobs(sources, query);
  facts.systems_of(total.outcomes);
  throw_only_failure(total.outcomes);
  if (total.jobs() == 0)
    for (std::string& unknown : check_queues(queues, sources, context.limits))
      total.warnings.push_back(std::move(unknown));
  std::vector<Phrase> sentence = state_phrases(total.states);
  const std::string where = " in " + (queues.empty() ? "" : joined(queues) + " in ") + answered(total.outcomes) +
                            (sentence.empty() ? "" : ": ");
  sentence.insert(sentence.begin(), {counted_words(total.jobs(), total.exactness, "job") +
                                     (total.jobs() == 1 ? " waits" : " wait") + where});
  print_counted({total.jobs(), total.exactness, state_counts(total), std::move(sentence)},
                outcome_fields(total.outcomes, total.warnings), context);
  report_outcomes(total.outcomes, total.warnings, context.notices);
  return exit_code_of(total.outcomes);
}

}  // namespace queuetrace

#include "commands/job/count.hpp"

#include "commands/filter/check.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"

namespace queuetrace {

ExitCode print_count(std::vector<OpenedSource>& sources, const JobQuery& query, Context& context) {
  JobTotal total = count_jobs(sources, query);
  throw_only_failure(total.outcomes);
  if (total.jobs() == 0)
    for (std::string& unknown : check_queues(query.filter.queues, sources, context.limits))
      total.warnings.push_back(std::move(unknown));
  Fields summary;
  add_time_field(summary, query.filter);
  for (Field& field : outcome_fields(total.outcomes, total.warnings)) summary.push_back(std::move(field));
  print_counted(
      {total.jobs(), total.exactness, state_counts(total), count_sentence(query.filter, total, context.now())}, summary,
      context);
  report_outcomes(total.outcomes, total.warnings, context.notices);
  if (const std::string about = words_about_times(query.filter); !about.empty() && is_for_people(context))
    context.notices.note(about);
  return exit_code_of(total.outcomes);
}

}  // namespace queuetrace

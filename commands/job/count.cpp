#include "commands/job/count.hpp"

#include <array>
#include <memory>

#include "commands/filter/check.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

constexpr std::array count_columns{Column{.field = "total", .heading = "JOBS", .right = true},
                                   Column{.field = "exactness", .heading = "EXACTNESS"},
                                   Column{.field = "states", .heading = "STATES", .where = Column::Where::wide}};

Record record_of(const JobTotal& total) {
  return {{"total", static_cast<std::int64_t>(total.jobs())},
          {"exactness", std::string(to_word(total.exactness))},
          {"states", state_counts(total)}};
}

}  // namespace

ExitCode print_count(std::vector<OpenedSource>& sources, const JobQuery& query, Context& context) {
  JobTotal total = count_jobs(sources, query);
  throw_only_failure(total.outcomes);
  if (total.jobs() == 0)
    for (std::string& unknown : check_queues(query.filter.queues, sources, context.limits))
      total.warnings.push_back(std::move(unknown));
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(Heading{"queuetrace.job_count/1", "counts", count_columns, Heading::Layout::list, "total"});
  if (context.format.name == "table" && context.format_options.headers)
    formatter->tell(count_remarks(query.filter, total, context.now()));  // says it all
  else
    formatter->row(record_of(total));
  Fields summary;
  add_time_field(summary, query.filter);
  for (Field& field : outcome_fields(total.outcomes, total.warnings)) summary.push_back(std::move(field));
  formatter->end(summary);
  report_outcomes(total.outcomes, total.warnings, context.notices);
  if (const std::string about = words_about_times(query.filter); !about.empty() && is_for_people(context))
    context.notices.note(about);
  return exit_code_of(total.outcomes);
}

}  // namespace queuetrace

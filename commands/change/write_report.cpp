#include "commands/change/write_report.hpp"

#include "commands/report/count_words.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/plan_record.hpp"
#include "formatters/report_record.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_listed = 50;
constexpr std::size_t most_reasons = 100;
constexpr const char* report_schema = "queuetrace.report/1";

Heading heading() { return {report_schema, "jobs", report_columns(), Heading::Layout::list, "ref"}; }

bool is_fine(Outcome outcome) { return outcome == Outcome::done || outcome == Outcome::already; }

}  // namespace

Fields count_fields(const OutcomeCounts& counts) {
  Fields fields;
  for (std::size_t i = 0; i < counts.of.size(); ++i)
    fields.push_back({std::string(to_word(static_cast<Outcome>(i))), static_cast<std::int64_t>(counts.of[i])});
  fields.push_back({"not_tried", static_cast<std::int64_t>(counts.not_tried)});
  return fields;
}

WriteReport::WriteReport(Context& context) : context_(context) {
  if (is_table(context) && context.format_options.fields.empty()) return;
  formatter_ = context.formatter();
  formatter_->begin(heading());
}

void WriteReport::add(const Target& target, const TargetReport& report) {
  ++counts_[report.outcome];
  const std::pair<Outcome, std::string> reason(report.outcome, report.reason);
  if (reasons_.size() < most_reasons || reasons_.contains(reason))
    ++reasons_[reason];
  else
    ++reasons_[{report.outcome, "other reasons"}];
  try {
    if (!failure_) print(target, report);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void WriteReport::print(const Target& target, const TargetReport& report) {
  if (formatter_) {
    formatter_->row(report_record(target, report));
  } else if (!is_fine(report.outcome)) {
    if (not_done_.size() < most_listed)
      not_done_.push_back(report_record(target, report));
    else
      ++unlisted_;
  }
}

void WriteReport::finish(std::uint64_t not_tried, const Fields& summary) {
  counts_.not_tried = not_tried;
  if (failure_) std::rethrow_exception(failure_);
  if (!formatter_) {
    print_tables();
    return;
  }
  Fields all{{"counts", count_fields(counts_)}};
  all.insert(all.end(), summary.begin(), summary.end());
  formatter_->end(all);
}

void WriteReport::print_tables() {
  const std::unique_ptr<Formatter> counts = context_.formatter();
  counts->begin({report_schema, "counts", outcome_count_columns(), Heading::Layout::list, "word"});
  for (const auto& [reason, jobs] : reasons_)
    counts->row(count_record(std::string(to_word(reason.first)), reason.second, jobs));
  if (counts_.not_tried > 0) counts->row(count_record("not tried", "", counts_.not_tried));
  counts->end({});
  if (not_done_.empty()) return;
  context_.out << '\n';
  const std::unique_ptr<Formatter> jobs = context_.formatter();
  jobs->begin(heading());
  for (const Record& record : not_done_) jobs->row(record);
  jobs->end({});
  if (unlisted_ > 0) context_.notices.note(count_words(unlisted_, "more job") + " not done; to see all: -o json");
}

}  // namespace queuetrace

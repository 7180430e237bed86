#include "commands/change/write_report.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "commands/change/audit_history.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/plan_record.hpp"
#include "formatters/report_record.hpp"
#include "formatters/table_view.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_listed = 50;
constexpr std::size_t most_reasons = 100;
constexpr const char* report_schema = "queuetrace.report/1";

Heading heading() { return {report_schema, "jobs", report_columns(), Heading::Layout::list, "ref", &report_table()}; }

bool is_fine(Outcome outcome) { return outcome == Outcome::done || outcome == Outcome::already; }

std::string text_of(const Fields& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name != name) continue;
    if (const auto* ours = std::get_if<std::string>(&field.value)) return *ours;
    if (const auto* data = std::get_if<Untrusted>(&field.value)) return data->raw();
  }
  return {};
}

/// `Retried`: what was done to jobs, by the name of the action.
std::string_view did_words(std::string_view action) {
  constexpr std::array words{std::pair{"retry", "Retried"},  std::pair{"cancel", "Cancelled"},
                             std::pair{"delete", "Deleted"}, std::pair{"move", "Moved"},
                             std::pair{"purge", "Purged"},   std::pair{"restore", "Restored"},
                             std::pair{"undo", "Put back"}};
  const auto* found = std::ranges::find(words, action, [](const auto& word) { return std::string_view(word.first); });
  return found == words.end() ? std::string_view("Changed") : found->second;
}

/// `Retried 164 of 166 jobs in shop (operation 9db1c2f0)`, `Would put back 1 job in shop`;
/// with a subject `Undid the pause of queue email in shop (operation 9db1c2f0)`.
Remarks remarks_of(const Fields& summary, const OutcomeCounts& counts, const std::string& subject) {
  const std::string operation = text_of(summary, "operation");
  const std::string action = text_of(summary, "action");
  const bool is_dry = text_of(summary, "result") == dry_run_result;
  if (action.empty() || (operation.empty() && !is_dry)) return {};
  std::uint64_t all = counts.not_tried;
  for (const std::uint64_t jobs : counts.of) all += jobs;
  const std::uint64_t done = counts[Outcome::done];
  const std::string where = " in " + text_of(summary, "source") +
                            (operation.empty() ? "" : " (operation " + short_operation(operation) + ")");
  if (!subject.empty()) {
    const std::string_view whether =
        is_dry ? (done == all ? "Would undo " : "Would not undo ") : (done == all ? "Undid " : "Did not undo ");
    return {{{std::string(whether) + subject + where}}, {}};
  }
  const std::string jobs = (done == all ? "" : grouped(done) + " of ") + count_words(all, "job");
  const std::string_view did = !is_dry ? did_words(action) : action == "undo" ? "Would put back" : "Would restore";
  return {{{std::string(did) + " " + jobs + where}}, {}};
}

}  // namespace

Fields count_fields(const OutcomeCounts& counts) {
  Fields fields;
  for (std::size_t i = 0; i < counts.of.size(); ++i)
    fields.push_back({std::string(to_word(static_cast<Outcome>(i))), static_cast<std::int64_t>(counts.of[i])});
  fields.push_back({"not_tried", static_cast<std::int64_t>(counts.not_tried)});
  return fields;
}

WriteReport::WriteReport(Context& context, std::string subject) : context_(context), subject_(std::move(subject)) {
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

void WriteReport::finish(std::uint64_t not_tried, const Fields& summary, const std::string& hint) {
  counts_.not_tried = not_tried;
  if (failure_) std::rethrow_exception(failure_);
  if (!formatter_) {
    print_tables(summary, hint);
    return;
  }
  Fields all{{"counts", count_fields(counts_)}};
  all.insert(all.end(), summary.begin(), summary.end());
  formatter_->end(all);
}

void WriteReport::print_tables(const Fields& summary, const std::string& hint) {
  Remarks remarks = remarks_of(summary, counts_, subject_);
  const bool all_done = counts_.not_tried == 0 && reasons_.size() == 1 &&
                        reasons_.begin()->first == std::pair(Outcome::done, std::string());
  const bool says_all = all_done && !remarks.summary.empty();  // then a table of one number would repeat it
  const std::unique_ptr<Formatter> counts = context_.formatter();
  counts->begin({report_schema, "counts", outcome_count_columns(), Heading::Layout::list, "word"});
  for (const auto& [reason, jobs] : reasons_)
    if (!says_all) counts->row(count_record(std::string(to_word(reason.first)), reason.second, jobs));
  if (counts_.not_tried > 0) counts->row(count_record("not tried", "", counts_.not_tried));
  if (not_done_.empty()) remarks.hint = hint;
  counts->tell(remarks);
  counts->end({});
  if (not_done_.empty()) return;
  context_.out << '\n';
  const std::unique_ptr<Formatter> jobs = context_.formatter();
  jobs->begin(heading());
  for (const Record& record : not_done_) jobs->row(record);
  jobs->tell({{}, hint});
  jobs->end({});
  if (unlisted_ > 0) context_.notices.note(count_words(unlisted_, "more job") + " not done; to see all: -o json");
}

}  // namespace queuetrace

// `doctor`: what is wrong with queues and with tracing, and what to do about it. Reads only.
#include <algorithm>
#include <memory>
#include <numeric>
#include <string>

#include "backends/diagnosis.hpp"
#include "commands/change/operation_journal.hpp"
#include "commands/command.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/remedy.hpp"
#include "commands/report/shell_word.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/cell.hpp"
#include "formatters/doctor_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct DoctorOptions {
  std::string fail_on;  ///< note, warning or problem; empty: findings do not change the exit code
  std::optional<std::chrono::milliseconds> alert_age;  ///< absent: as configured
  bool count = false;                                  ///< no finding, but how many there are
};

constexpr Option<DoctorOptions> options_of_doctor[] = {
    {{.names = "--fail-on",
      .value = "SEVERITY",
      .help = "Exit with 8 if a finding is at least this severe",
      .choices = "problem,warning,note"},
     into<&DoctorOptions::fail_on>},
    {{.names = "--alert-age",
      .value = "DURATION",
      .help = "Report jobs that have been due for longer than this (default: alert_age of the configuration, 1h)"},
     into<&DoctorOptions::alert_age>},
    {count_option, into<&DoctorOptions::count>},
};

using Severity = Finding::Severity;

std::optional<Severity> severity_of(const std::string& word) {
  if (word.empty()) return std::nullopt;
  if (word == "note") return Severity::note;
  if (word == "warning") return Severity::warning;
  return Severity::problem;
}

/// A finding with the store it was made in.
struct Located {
  Finding finding;
  std::string address;
  std::string system;
  std::string see = {};  ///< the command that shows some of what was found; empty: none
};

/// One of the jobs it is about, or the queue that has most of them; empty where the remedy shows them, or neither is
/// known.
std::string look_at(const Finding& finding, const Source& source, const Context& context) {
  if (finding.remedy.find("queuetrace job show") != std::string::npos) return {};
  const auto show = [&](const char* noun, const Untrusted& what) {
    std::vector<std::string> words{noun, "show"};
    if (const std::vector<std::string> choice = source_words(source, context); !choice.empty())
      words.insert(words.end(), {"-s", choice.back()});
    words.push_back(what.raw());
    return command_of(words);
  };
  if (!finding.samples.empty()) return show("job", finding.samples.front());
  if (!finding.queues.empty()) return show("queue", finding.queues.front().first);
  return {};
}

/// Worst first; of those that are as severe, in tables, those of most jobs.
void put_in_order(std::vector<Located>& findings, bool by_count) {
  const auto jobs = [](const Located& one) { return one.finding.count ? one.finding.count->value : 0; };
  if (by_count) std::ranges::stable_sort(findings, std::ranges::greater(), jobs);
  std::ranges::stable_sort(findings, std::ranges::greater(), [](const Located& one) { return one.finding.severity; });
}

/// A change that a process of this user began and never ended: what is known, how to complete and how to undo it.
Located unfinished(const UnfinishedOperation& operation) {
  Finding finding;
  finding.severity = Severity::warning;
  finding.code = "unfinished-operation";
  finding.subject = "operation " + operation.id;
  finding.text = (operation.verb.empty() ? "a change" : operation.verb + " of " + count_words(operation.jobs, "job")) +
                 (operation.started.empty() ? "" : ", started " + operation.started) +
                 ", was never finished; at least " + grouped(operation.tried) + " were tried";
  std::error_code ignored;
  const bool has_plan = operation.plan.empty() || std::filesystem::exists(operation.plan, ignored);
  if (!has_plan) finding.text += "; its plan is gone: it had not started, or was complete";
  finding.remedy = operation.complete.empty() || !has_plan ? "" : "complete it: " + operation.complete;
  if (!operation.undo.empty() && std::filesystem::exists(operation.backup, ignored))
    finding.remedy += (finding.remedy.empty() ? "" : "; or undo it: ") + operation.undo;
  finding.remedy +=
      (finding.remedy.empty() ? "" : "; or forget it: ") + std::string("rm ") + shell_word(operation.file.string());
  return {std::move(finding), operation.source, operation.system};
}

/// `shop and files: 3 problems, 3 warnings, 1 note`, `shop: 41 checks, no findings`
Remarks remarks_for(const std::vector<SourceOutcome>& outcomes, std::int64_t problems, std::int64_t warnings,
                    std::int64_t notes, std::size_t checks) {
  Remarks remarks;
  if (problems + warnings + notes == 0 && !answered(outcomes).empty())
    remarks.summary.push_back({answered(outcomes) + ": " + count_words(checks, "check") + ", no findings"});
  const auto add = [&](std::int64_t count, std::string_view thing, std::string_view color) {
    if (count == 0) return;
    remarks.summary.push_back({remarks.summary.empty() ? answered(outcomes) + ": " : ", "});
    remarks.summary.push_back({count_words(static_cast<std::uint64_t>(count), thing), color});
  };
  add(problems, "problem", color_of("severity", "problem"));
  add(warnings, "warning", color_of("severity", "warning"));
  add(notes, "note", {});
  return remarks;
}

void print(const std::vector<Located>& findings, const Remarks& remarks, const Fields& summary, bool several_sources,
           const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  Heading heading{"queuetrace.doctor/1", "findings",     doctor_columns(), Heading::Layout::detail, "code",
                  &doctor_table(),       several_sources};
  if (context.format.name == "table") heading.layout = Heading::Layout::list;
  formatter->begin(heading);
  for (const Located& one : findings) formatter->row(doctor_record(one.address, one.system, one.finding, one.see));
  formatter->tell(remarks);
  formatter->end(summary);
}

/// condition_not_met when a finding is as bad as `fail_on`; else partial when a source failed or something could not be
/// looked at; else done.
ExitCode doctor(const DoctorOptions& options, Context& context) {
  const std::optional<Severity> fail_on = severity_of(options.fail_on);
  std::vector<Source> asked = context.required_sources();
  if (options.alert_age)
    for (Source& source : asked) source.alert_age = *options.alert_age;
  std::vector<OpenedSource> sources = context.open(asked);
  std::vector<std::vector<Finding>> answers(outcome_count(sources));
  std::vector<std::size_t> checks(answers.size());
  std::vector<SourceOutcome> outcomes = for_each_store(sources, [&](JobStore& store, std::size_t index) {
    checks[index] = checks_of(store);
    answers[index] = diagnose_store(store, context.limits);
  });
  const std::size_t all_checks = std::accumulate(checks.begin(), checks.end(), std::size_t{0});
  const std::vector<const Source*> places = sources_of_outcomes(sources);
  std::vector<Located> findings;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    const auto unanswered = std::ranges::count_if(answers[index], &Finding::unanswered);
    if (unanswered > 0)
      outcomes[index].truncated =
          count_words(static_cast<std::uint64_t>(unanswered), "question") + " could not be answered in time";
    for (Finding& finding : answers[index]) {
      name_source(finding, *places[index], context);
      std::string see = look_at(finding, *places[index], context);
      findings.push_back({std::move(finding), outcomes[index].address, outcomes[index].system, std::move(see)});
    }
  }
  for (const UnfinishedOperation& operation : unfinished_operations(context.surroundings.environment))
    findings.push_back(unfinished(operation));
  put_in_order(findings, context.format.name == "table");

  const auto number = [&](Severity severity) {
    return static_cast<std::int64_t>(
        std::ranges::count_if(findings, [&](const Located& one) { return one.finding.severity == severity; }));
  };
  Fields summary{{"problems", number(Severity::problem)},
                 {"warnings_found", number(Severity::warning)},
                 {"notes", number(Severity::note)},
                 {"checks", static_cast<std::int64_t>(all_checks)}};
  for (Field& field : outcome_fields(outcomes, {})) summary.push_back(std::move(field));
  const Remarks remarks =
      remarks_for(outcomes, number(Severity::problem), number(Severity::warning), number(Severity::note), all_checks);
  if (options.count) {
    const Exactness exactness = exactness_of(without_unseen(outcomes));
    print_counted({findings.size(),
                   exactness,
                   {},
                   {{counted_words(findings.size(), exactness, "finding") + " in " + answered(outcomes)}}},
                  summary, context);
  } else {
    print(findings, remarks, summary, several_answered(outcomes), context);
  }
  report_outcomes(without_unseen(outcomes), {}, context.notices);

  const bool reached =
      fail_on && std::ranges::any_of(findings, [&](const Located& one) { return one.finding.severity >= *fail_on; });
  return reached ? ExitCode::condition_not_met : exit_code_of(outcomes);
}

}  // namespace

CommandForm form(At<"doctor">) {
  const auto options = std::make_shared<DoctorOptions>();
  CommandForm form(options, doctor);
  form.takes(*options, options_of_doctor);
  return form;
}

}  // namespace queuetrace

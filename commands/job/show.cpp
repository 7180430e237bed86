// `job show`: jobs by id, in full.
#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/job/job_screens.hpp"
#include "commands/job/links.hpp"
#include "commands/job/outlook.hpp"
#include "commands/job/related_jobs.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/tracing_record.hpp"
#include "formatters/job_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct JobShowOptions {
  std::vector<std::string> ids;  ///< `ID`, a prefix of 4 or more, `source/ID`; `-`: from stdin
  bool include_tracing = false;
  bool no_payload = false;
  bool raw = false;    ///< only the stored bytes of one job's payload
  bool force = false;  ///< raw bytes to a terminal all the same
};

constexpr Option<JobShowOptions> options_of_show[] = {
    {{.names = "ID",
      .help = "Job ID, a prefix of at least 4 characters, or source/ID; - reads stdin",
      .required = true},
     into<&JobShowOptions::ids>},
    {{.names = "--include-tracing", .help = "Also show the trace, its links and its other jobs"},
     into<&JobShowOptions::include_tracing>},
    {{.names = "--no-payload", .help = "Leave out payload and result"}, into<&JobShowOptions::no_payload>},
    {{.names = "--raw", .help = "Print only the stored bytes of the payload"}, into<&JobShowOptions::raw>},
    {{.names = "--force", .help = "With --raw, print to a terminal too"}, into<&JobShowOptions::force>},
};

/// The sources of the search, then the selected ones that it did not need.
std::vector<OpenedSource> with_all_sources(std::vector<OpenedSource> opened, const Context& context) {
  std::vector<Source> rest;
  for (const Source& source : context.sources)
    if (std::none_of(opened.begin(), opened.end(), [&](const auto& one) { return one.source.name == source.name; }))
      rest.push_back(source);
  if (rest.empty()) return opened;
  try {
    for (OpenedSource& source : context.open(rest)) opened.push_back(std::move(source));
  } catch (const Error& error) {
    OpenedSource failed;
    failed.source = rest.front();
    failed.error = error;
    opened.push_back(std::move(failed));
  }
  return opened;
}

ExitCode print_raw(const JobSearch& search, Context& context) {
  const std::vector<const Job*> jobs = search.jobs();
  for (const Job* job : jobs) {
    if (!job->payload) throw Error(ErrorKind::not_found, "job " + in_quotes(job->ref.id.raw()) + " has no payload");
    if (job->payload->text != jobs.front()->payload->text)
      throw Error(ErrorKind::not_found, "--raw: " + in_quotes(search.found.front().typed) + " means " +
                                            count_words(jobs.size(), "job") + " with different payloads")
          .with_hint("name one as source/ID, or leave out --raw to see them all");
  }
  const Payload& payload = *jobs.front()->payload;
  context.out << payload.text.raw();
  context.out.flush();
  if (payload.size <= payload.text.size()) return exit_code_of(search.outcomes);
  context.notices.warning("payload cut at " + std::to_string(payload.text.size()) + " of " +
                          std::to_string(payload.size) + " bytes");
  return ExitCode::partial;
}

/// The worse of two: anything before done, then the first.
ExitCode worse(ExitCode first, ExitCode second) { return first == ExitCode::done ? second : first; }

void append(std::vector<SourceOutcome>& outcomes, const std::vector<SourceOutcome>& further) {
  for (const SourceOutcome& one : further) {
    const auto same = std::find_if(outcomes.begin(), outcomes.end(),
                                   [&](const SourceOutcome& other) { return other.address == one.address; });
    if (same == outcomes.end()) {
      outcomes.push_back(one);
      continue;
    }
    if (!same->error) same->error = one.error;
    if (!same->truncated) same->truncated = one.truncated;
    if (!same->unseen) same->unseen = one.unseen;
  }
}

/// Those of a job, and of what only this command adds (add_outlook()).
std::span<const Column> document_columns() {
  static const std::vector<Column> columns = [] {
    std::vector<Column> all(job_columns().begin(), job_columns().end());
    for (const std::string_view field : {"position", "position_exact", "held", "tracing"})
      all.push_back({.field = field, .heading = field, .where = Column::Where::never});
    return all;
  }();
  return columns;
}

/// As report_missing(); of one id that no job has, where to look for what else it may be.
ExitCode missing_jobs(const JobSearch& search, const std::vector<std::string>& ids, const Context& context) {
  try {
    return report_missing(search, context.notices);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::not_found && error.hint().empty())
      error.with_hint("traces and orders are found by: " +
                      command_of(ids.front().starts_with("-") ? std::vector<std::string>{"show", "--", ids.front()}
                                                              : std::vector<std::string>{"show", ids.front()}));
    throw;
  }
}

/// Prints every occurrence of each id. What is missing is named on stderr: not_found; refused for raw bytes to a
/// terminal; partial when a source failed or was cut short.
ExitCode job_show(const JobShowOptions& options, Context& context) {
  const std::vector<std::string> ids = with_standard_input(options.ids, context);
  if (options.raw) {
    if (ids.size() != 1) throw Error(ErrorKind::usage, "--raw prints one payload").with_hint("give one job ID");
    if (context.surroundings.stdout_is_terminal && !options.force)
      throw Error(ErrorKind::refused, "--raw: the bytes of a payload could control the terminal")
          .with_hint("redirect the output, or add --force");
  }
  JobSearch search = find_jobs(ids, context, true);
  const ExitCode missing = missing_jobs(search, ids, context);
  if (options.raw) {
    report_outcomes(search.outcomes, search.warnings, context.notices);
    return search.all_found() ? print_raw(search, context) : missing;
  }

  std::vector<SourceOutcome> outcomes = search.outcomes;
  std::vector<std::string> warnings = search.warnings;
  if (options.include_tracing) search.sources = with_all_sources(std::move(search.sources), context);
  RelatedJobsReader reader(search.sources, context);
  JobOutlookReader outlooks(search.sources, context);
  const LinkMaker link_maker(context, sources_of(search.sources));
  const bool screen = context.format.name == "table" && context.format_options.fields.empty();
  const std::unique_ptr<Formatter> formatter = screen ? nullptr : context.formatter();
  JobScreens screens(search.sources, link_maker, context);
  if (!screen)
    formatter->begin(Heading{"queuetrace.jobs/1", "jobs", document_columns(), Heading::Layout::detail, "ref"});
  const auto show = [&](Job job, const std::string& typed) {
    if (options.no_payload) {
      job.payload.reset();
      job.result.reset();
    }
    const JobOutlook outlook = outlooks.outlook_of(job);
    std::optional<RelatedJobs> related;
    if (options.include_tracing) {
      related = reader.related_to(job);
      append(outcomes, related->outcomes);
      for (const std::string& warning : related->warnings)
        if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
    }
    if (screen) {
      screens.print(std::move(job), typed, outlook, related ? &*related : nullptr);
      return;
    }
    const JobLinks links = link_maker.links(job);
    Record record = job_record(job, links, context.now());
    add_outlook(record, job, outlook);
    if (related)
      record.push_back(
          {"tracing", tracing_record(job, links, link_maker.viewer_for(job.ref.source), context.now(), &*related)});
    formatter->row(record);
  };
  for (const FoundJob& found : search.found)
    for (const Job& job : found.jobs) show(job, found.typed);
  if (formatter) formatter->end(outcome_fields(outcomes, warnings));
  report_outcomes(outcomes, warnings, context.notices);
  return worse(missing, exit_code_of(outcomes));
}

}  // namespace

CommandForm form(At<"job show">) {
  const auto options = std::make_shared<JobShowOptions>();
  CommandForm form(options, job_show);
  form.takes(*options, options_of_show);
  return form;
}

}  // namespace queuetrace

#include "commands/job/watch.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>

#include "commands/job/links.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "formatters/job_record.hpp"
#include "formatters/job_table.hpp"

namespace queuetrace {
namespace {

bool is_changed(const Job& before, const Job& now) {
  return before.state != now.state || before.native_state != now.native_state || before.queue != now.queue ||
         before.priority != now.priority || before.attempts != now.attempts ||
         before.scheduled_at != now.scheduled_at || before.started_at != now.started_at ||
         before.finished_at != now.finished_at || before.worker != now.worker || before.error != now.error;
}

std::string_view to_word(JobChange::Kind kind) {
  switch (kind) {
    case JobChange::Kind::added: return "added";
    case JobChange::Kind::changed: return "changed";
    case JobChange::Kind::removed: return "removed";
  }
  return "changed";
}

std::string listing_text(const GatheredPage& page, const JobQuery& query, const LinkMaker& links,
                         const std::string& interval, const Context& context) {
  std::ostringstream text;
  FormatterOptions options = context.format_options;
  options.now = context.now();
  text << "Every " << interval << ", last at " << to_rfc3339(options.now) << '\n';
  for (const SourceOutcome& outcome : page.outcomes) {
    if (outcome.error) text << outcome.address << ": " << one_line(*outcome.error) << '\n';
    if (const auto why = outcome.incomplete()) text << outcome.address << ": incomplete: " << *why << '\n';
  }
  const std::unique_ptr<Formatter> formatter = context.format.make(text, options);
  formatter->begin(Heading{"queuetrace.jobs/1", "jobs", job_columns(), Heading::Layout::list, "ref", &job_table(),
                           several_answered(page.outcomes)});
  ListedJobs listed{{}, page.jobs.size(), page.next ? std::optional<std::uint64_t>(query.page_size) : std::nullopt};
  for (const Job& job : page.jobs) {
    formatter->row(links.record(job));
    ++listed.total.states[job.state];
  }
  if (page.next) listed.total.exactness = Exactness::at_least;
  formatter->tell({listing_remarks(query.filter, listed, page.outcomes, context).summary, ""});
  formatter->end({});
  return text.str();
}

ExitCode redraw(std::vector<OpenedSource>& sources, const JobQuery& query, Milliseconds interval,
                const std::string& interval_text, const LinkMaker& links, Context& context) {
  LiveScreen screen(context);
  std::chrono::steady_clock::time_point began;
  do {
    began = std::chrono::steady_clock::now();
    const GatheredPage page = gather_jobs(sources, query);
    screen.draw(listing_text(page, query, links, interval_text, context));
  } while (context.out && wait_for(time_to_next(began, interval), context.limits.stop));
  return ExitCode::interrupted;
}

ExitCode report_changes(std::vector<OpenedSource>& sources, const JobQuery& query, Milliseconds interval,
                        const LinkMaker& links, Context& context) {
  FormatterOptions options = context.format_options;
  if (!options.fields.empty()) options.fields.insert(options.fields.begin(), "change");
  const std::unique_ptr<Formatter> formatter = live_format(context).make(context.out, options);
  std::vector<Column> columns{{.field = "change", .heading = "CHANGE"}};
  columns.insert(columns.end(), job_columns().begin(), job_columns().end());
  formatter->begin(Heading{"queuetrace.job-changes/1", "changes", columns, Heading::Layout::list, "ref"});
  JobChanges changes;
  std::set<std::string> said;
  std::chrono::steady_clock::time_point began;
  do {
    began = std::chrono::steady_clock::now();
    const GatheredPage page = gather_jobs(sources, query);
    for (const SourceOutcome& outcome : page.outcomes)
      if (outcome.error && said.insert(outcome.address + one_line(*outcome.error)).second)
        context.notices.warning(outcome.address + ": " + one_line(*outcome.error));
    for (const JobChange& change : changes.since_last(page)) {
      Record record{{"change", std::string(to_word(change.kind))}};
      for (Field& field : links.record(change.job)) record.push_back(std::move(field));
      formatter->row(record);
    }
    context.out.flush();
  } while (context.out && wait_for(time_to_next(began, interval), context.limits.stop));
  formatter->end({});
  return context.out ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

std::vector<JobChange> JobChanges::since_last(const GatheredPage& page) {
  std::vector<JobChange> changes;
  std::map<std::string, Job> now;
  for (const Job& job : page.jobs) {
    const std::string ref = job.ref.source + "/" + job.ref.id.raw();
    std::size_t occurrence = 0;
    while (!now.emplace(ref + '\0' + std::to_string(occurrence), job).second) ++occurrence;
    const auto before = known_.find(ref + '\0' + std::to_string(occurrence));
    if (before == known_.end())
      changes.push_back({JobChange::Kind::added, job});
    else if (is_changed(before->second, job))
      changes.push_back({JobChange::Kind::changed, job});
  }
  const auto answered_for = [&page](const Job& job) {
    return std::none_of(page.outcomes.begin(), page.outcomes.end(), [&](const SourceOutcome& outcome) {
      const bool its_own = job.ref.source == outcome.address || job.ref.source.starts_with(outcome.address + "/");
      return its_own && (outcome.error || outcome.truncated);
    });
  };
  const bool is_full = page.next.has_value();
  const Timestamp last = page.jobs.empty() ? infinite_future : page.jobs.back().created_at.value_or(infinite_future);
  for (auto& [key, job] : known_) {
    if (now.contains(key)) continue;
    if (!answered_for(job))
      now.emplace(key, std::move(job));
    else if (!is_full || (job.created_at && *job.created_at > last))
      changes.push_back({JobChange::Kind::removed, std::move(job)});
  }
  known_ = std::move(now);
  return changes;
}

ExitCode watch_jobs(std::vector<OpenedSource>& sources, const JobQuery& query, const std::string& interval,
                    Context& context) {
  const Milliseconds time = polling_interval("--interval", interval);
  if (query.page_size == 0)
    throw Error(ErrorKind::usage, "--watch shows one page of jobs, but --limit 0 asks for all")
        .with_hint("give a limit");
  const LinkMaker links(context, sources_of(sources));
  return is_for_people(context) ? redraw(sources, query, time, interval, links, context)
                                : report_changes(sources, query, time, links, context);
}

}  // namespace queuetrace

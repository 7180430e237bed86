#include "commands/watch_jobs.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <ostream>
#include <set>
#include <sstream>

#include "commands/job_links.hpp"
#include "commands/outcomes.hpp"
#include "commands/suggestion.hpp"
#include "formatters/job_record.hpp"

namespace queuetrace {
namespace {

constexpr Milliseconds shortest_interval{1'000};

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

/// Waits; false when told to stop meanwhile.
bool wait_for(Milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any sleeper;
  std::unique_lock<std::mutex> lock(mutex);
  sleeper.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

/// The other screen of the terminal, without cursor; back to the first one at the end.
class AlternateScreen {
 public:
  explicit AlternateScreen(std::ostream& out) : out_(out) { out_ << "\x1b[?1049h\x1b[?25l" << std::flush; }
  ~AlternateScreen() { out_ << "\x1b[?25h\x1b[?1049l" << std::flush; }
  AlternateScreen(const AlternateScreen&) = delete;
  AlternateScreen& operator=(const AlternateScreen&) = delete;

  /// Draws over what is there, line by line, so that nothing flickers. `rows`: height, 0: unknown.
  void draw(const std::string& text, int rows) {
    std::string screen = "\x1b[H";
    std::istringstream lines(text);
    int row = 0;
    for (std::string line; std::getline(lines, line) && (rows == 0 || row < rows); ++row)
      screen += (row == 0 ? "" : "\r\n") + line + "\x1b[K";
    out_ << screen << "\x1b[J" << std::flush;
  }

 private:
  std::ostream& out_;
};

std::string listing_text(const GatheredPage& page, const LinkMaker& links, const std::string& interval,
                         const Context& context) {
  std::ostringstream text;
  FormatterOptions options = context.format_options;
  options.now = context.now();
  text << "Every " << interval << ", last at " << to_rfc3339(options.now) << ", " << page.jobs.size() << " jobs"
       << (page.next ? ", more follow" : "") << '\n';
  for (const SourceOutcome& outcome : page.outcomes) {
    if (outcome.error) text << outcome.address << ": " << one_line(*outcome.error) << '\n';
    if (outcome.truncated) text << outcome.address << ": incomplete: " << *outcome.truncated << '\n';
  }
  const std::unique_ptr<Formatter> formatter = context.format.make(text, options);
  formatter->begin(Heading{"queuetrace.jobs/1", "jobs", job_columns(), Heading::Layout::list, "ref"});
  for (const Job& job : page.jobs) formatter->row(job_record(job, links.links(job)));
  formatter->end({});
  return text.str();
}

ExitCode redraw(std::vector<OpenedSource>& sources, const JobQuery& query, Milliseconds interval,
                const std::string& interval_text, const LinkMaker& links, Context& context) {
  AlternateScreen screen(context.out);
  do {
    const GatheredPage page = gather_jobs(sources, query);
    screen.draw(listing_text(page, links, interval_text, context), context.surroundings.terminal_rows);
  } while (context.out && wait_for(interval, context.limits.stop));
  return ExitCode::interrupted;
}

ExitCode report_changes(std::vector<OpenedSource>& sources, const JobQuery& query, Milliseconds interval,
                        const LinkMaker& links, Context& context) {
  const bool one_line_a_row =
      context.format.name == "csv" || context.format.name == "tsv" || context.format.name == "name";
  const OutputFormat& format = one_line_a_row ? context.format : *find_output_format("jsonl");
  FormatterOptions options = context.format_options;
  if (!options.fields.empty()) options.fields.insert(options.fields.begin(), "change");
  const std::unique_ptr<Formatter> formatter = format.make(context.out, options);
  std::vector<Column> columns{{.field = "change", .heading = "CHANGE"}};
  columns.insert(columns.end(), job_columns().begin(), job_columns().end());
  formatter->begin(Heading{"queuetrace.job-changes/1", "changes", columns, Heading::Layout::list, "ref"});
  JobChanges changes;
  std::set<std::string> said;
  do {
    const GatheredPage page = gather_jobs(sources, query);
    for (const SourceOutcome& outcome : page.outcomes)
      if (outcome.error && said.insert(outcome.address + one_line(*outcome.error)).second)
        context.notices.warning(outcome.address + ": " + one_line(*outcome.error));
    for (const JobChange& change : changes.since_last(page)) {
      Record record{{"change", std::string(to_word(change.kind))}};
      for (Field& field : job_record(change.job, links.links(change.job))) record.push_back(std::move(field));
      formatter->row(record);
    }
    context.out.flush();
  } while (context.out && wait_for(interval, context.limits.stop));
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
  const std::optional<Timestamp> last = page.jobs.empty() ? std::nullopt : page.jobs.back().created_at;
  for (auto& [key, job] : known_) {
    if (now.contains(key)) continue;
    if (!answered_for(job))
      now.emplace(key, std::move(job));
    else if (!is_full || (job.created_at && last && *job.created_at > *last))
      changes.push_back({JobChange::Kind::removed, std::move(job)});
  }
  known_ = std::move(now);
  return changes;
}

ExitCode watch_jobs(std::vector<OpenedSource>& sources, const JobQuery& query, const std::string& interval,
                    Context& context) {
  const std::optional<Milliseconds> time = parse_duration(interval);
  if (!time || *time < shortest_interval)
    throw Error(ErrorKind::usage, "--interval: cannot use " + in_quotes(interval))
        .with_hint("write a time of at least 1s, as in 2s or 1m");
  if (query.page_size == 0)
    throw Error(ErrorKind::usage, "--watch looks at a page of jobs, --limit 0 asks for all").with_hint("give a limit");
  const LinkMaker links(context, sources_of(sources));
  return is_for_people(context) ? redraw(sources, query, *time, interval, links, context)
                                : report_changes(sources, query, *time, links, context);
}

}  // namespace queuetrace

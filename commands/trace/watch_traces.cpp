#include "commands/trace/watch_traces.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>
#include <vector>

#include "commands/report/outcomes.hpp"
#include "commands/report/polling.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

std::size_t shown_of(const RecentTraces& recent, std::uint64_t limit) {
  return limit == 0 ? recent.traces.size() : std::min(recent.traces.size(), static_cast<std::size_t>(limit));
}

std::string listing_text(const RecentTraces& recent, std::uint64_t limit, const std::string& interval,
                         const Context& context) {
  std::ostringstream text;
  FormatterOptions options = context.format_options;
  options.now = context.now();
  text << "Every " << interval << ", last at " << to_rfc3339(options.now) << ", "
       << count_words(recent.traces.size(), "trace") << " of " << (recent.more ? "the newest " : "")
       << count_words(recent.jobs, "job") << '\n';
  for (const SourceOutcome& outcome : recent.outcomes) {
    if (outcome.error) text << outcome.address << ": " << one_line(*outcome.error) << '\n';
    if (const auto why = outcome.incomplete()) text << outcome.address << ": incomplete: " << *why << '\n';
  }
  const std::unique_ptr<Formatter> formatter = context.format.make(text, options);
  formatter->begin(trace_list_heading());
  for (std::size_t index = 0; index < shown_of(recent, limit); ++index)
    formatter->row(trace_list_record(recent.traces[index]));
  formatter->end({});
  return text.str();
}

/// What of a trace makes a change when it becomes another.
using Facts = std::tuple<std::size_t, std::map<JobState, std::uint64_t>, std::optional<Untrusted>>;
Facts facts_of(const TraceSummary& trace) { return {trace.totals.jobs, trace.states, trace.error}; }

}  // namespace

Heading trace_list_heading() {
  return {"queuetrace.traces/1", "traces",   trace_list_columns(),
          Heading::Layout::list, "trace_id", &trace_list_table()};
}

ExitCode watch_traces(const std::function<RecentTraces()>& look, const std::string& interval, std::uint64_t limit,
                      Context& context) {
  const Milliseconds time = polling_interval("--interval", interval);
  std::chrono::steady_clock::time_point began;
  const auto goes_on = [&] { return context.out.good() && wait_for(time_to_next(began, time), context.limits.stop); };
  if (is_for_people(context)) {
    LiveScreen screen(context);
    do {
      began = std::chrono::steady_clock::now();
      screen.draw(listing_text(look(), limit, interval, context));
    } while (goes_on());
    return ExitCode::interrupted;
  }
  FormatterOptions options = context.format_options;
  if (!options.fields.empty()) options.fields.insert(options.fields.begin(), "change");
  const std::unique_ptr<Formatter> formatter = live_format(context).make(context.out, options);
  std::vector<Column> columns{{.field = "change", .heading = "CHANGE"}};
  columns.insert(columns.end(), trace_list_columns().begin(), trace_list_columns().end());
  formatter->begin({"queuetrace.trace-changes/1", "changes", columns, Heading::Layout::list, "trace_id"});
  std::map<Untrusted, Facts> known;
  std::set<std::string> said;
  do {
    began = std::chrono::steady_clock::now();
    const RecentTraces recent = look();
    for (const SourceOutcome& outcome : recent.outcomes)
      if (outcome.error && said.insert(outcome.address + one_line(*outcome.error)).second)
        context.notices.warning(outcome.address + ": " + one_line(*outcome.error));
    std::map<Untrusted, Facts> now;
    for (std::size_t index = 0; index < recent.traces.size(); ++index) {
      const TraceSummary& trace = recent.traces[index];
      const auto before = known.find(trace.trace_id);
      const bool is_new = before == known.end();
      const bool is_shown = index < shown_of(recent, limit);
      if (is_shown && (is_new || before->second != facts_of(trace))) {
        Record record{{"change", std::string(is_new ? "added" : "changed")}};
        for (Field& field : trace_list_record(trace)) record.push_back(std::move(field));
        formatter->row(record);
      }
      if (is_shown || !is_new) now.emplace(trace.trace_id, is_shown ? facts_of(trace) : before->second);
    }
    known = std::move(now);
    context.out.flush();
  } while (goes_on());
  formatter->end({});
  return context.out ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace queuetrace

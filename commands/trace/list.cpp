// `trace list`: the traces that the newest jobs of all sources belong to, and how each of them fares.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/filter/words.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/trace/recent_traces.hpp"
#include "commands/trace/watch_traces.hpp"
#include "formatters/attention.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct TraceListOptions {
  FilterOptions filter;
  std::uint64_t limit = 50;  ///< traces shown; 0: all
  std::uint64_t jobs = 1'000;
  std::string sort = "newest";
  bool watch = false;
  std::string interval = "2s";
  bool count = false;  ///< none of them, but how many there are
};

constexpr Option<TraceListOptions> options_of_list[] = {
    {{.names = "-l,--limit", .value = "N", .help = "Show at most this many traces; 0 = all", .shows_default = true},
     into<&TraceListOptions::limit>},
    {{.names = "--jobs", .value = "N", .help = "Look at so many of the newest jobs that match", .shows_default = true},
     into<&TraceListOptions::jobs, 1, 10'000>},
    {{.names = "--sort",
      .value = "ORDER",
      .help = "Order of traces: by when something happened last, or with the most of something first",
      .choices = "newest,slowest,waiting,failed,jobs",
      .shows_default = true},
     into<&TraceListOptions::sort>},
    {{.names = count_option.names, .help = count_option.help, .excludes = "--watch"}, into<&TraceListOptions::count>},
    {{.names = "-w,--watch", .help = "Refresh continuously; a pipe gets one change per line", .is_live = true},
     into<&TraceListOptions::watch>},
    {{.names = "--interval",
      .value = "TIME",
      .help = "Polling interval of --watch, at least 1s",
      .needs = "--watch",
      .shows_default = true},
     into<&TraceListOptions::interval>},
};

/// `the newest 1,000 jobs that match`, `9 jobs`
std::string jobs_words(const RecentTraces& recent, const JobFilter& filter) {
  std::string text = (recent.more ? "the newest " : "") + count_words(recent.jobs, "job");
  if (!filter.empty()) text += recent.jobs == 1 ? " that matches" : " that match";
  return text;
}

Remarks remarks_for(const RecentTraces& recent, std::size_t shown, const TraceListOptions& options,
                    const JobFilter& filter, const Context& context) {
  if (recent.traces.empty()) return {};
  const auto count = [&](const auto& test) {
    return static_cast<std::uint64_t>(std::ranges::count_if(recent.traces, test));
  };
  const std::uint64_t failed = count([](const TraceSummary& trace) { return trace.totals.failed > 0; });
  const std::uint64_t open = count([](const TraceSummary& trace) { return trace.totals.unfinished > 0; });
  std::string text = shown < recent.traces.size() ? grouped(shown) + " of " : "";
  text += count_words(recent.traces.size(), "trace") + " of " + jobs_words(recent, filter) + " in " +
          answered(recent.outcomes);
  std::vector<Phrase> phrases{{std::move(text)}};
  const auto add = [&](std::uint64_t number, const std::string& words, std::string_view color) {
    if (number == 0) return;
    phrases.push_back({phrases.size() == 1 ? ": " : ", "});
    phrases.push_back({grouped(number) + " " + words, color});
  };
  add(failed, "with failed jobs", red);
  add(open, "unfinished", {});
  if (recent.untraced > 0) phrases.push_back({"; " + count_words(recent.untraced, "job") + " without a trace"});
  std::string hint =
      "what happened: " + command_from_here({"trace", "show", recent.traces.front().trace_id.raw()}, context);
  if (shown < recent.traces.size()) hint += "\nmore: -l " + std::to_string(options.limit * 4) + ", or all: -l 0";
  if (recent.more && options.jobs < 10'000) hint += "\nolder jobs: --jobs 10000";
  return {std::move(phrases), std::move(hint)};
}

/// Older jobs may be of further traces.
Counted counted_traces(const RecentTraces& recent, const JobFilter& filter) {
  Counted counted{recent.traces.size(), recent.more ? Exactness::at_least : exactness_of(recent.outcomes)};
  counted.sentence = {{counted_words(counted.total, counted.exactness, "trace") + " of " + jobs_words(recent, filter) +
                       " in " + answered(recent.outcomes)}};
  return counted;
}

/// Newest first unless `--sort` says otherwise. One record a trace; the document also has `total_traces`, `jobs_read`,
/// `jobs_without_trace`, and `more_jobs`: whether older jobs match that were not looked at. Exit codes: done (none,
/// too), not_found when every queue named is unknown, partial when a source failed or was cut short.
ExitCode trace_list(const TraceListOptions& options, Context& context) {
  JobQuery query;
  query.filter = make_filter(options.filter, context);
  query.limits = context.limits;
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  check_states(query.filter, options.filter, sources, context.limits);
  const LinkMaker links(context, sources_of(sources));
  const auto look = [&] {
    RecentTraces recent =
        read_recent_traces(sources, query, static_cast<std::size_t>(options.jobs), links, context.now());
    if (options.sort != "newest") sort_traces(recent.traces, options.sort);
    return recent;
  };
  if (options.watch) return watch_traces(look, options.interval, options.limit, context);

  RecentTraces recent = look();
  if (recent.jobs == 0) {
    throw_only_failure(recent.outcomes);
    const std::vector<std::string> unknown = check_queues(query.filter.queues, sources, context.limits);
    recent.warnings.insert(recent.warnings.end(), unknown.begin(), unknown.end());
  }
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  Fields summary{{"total_traces", number(recent.traces.size())},
                 {"jobs_read", number(recent.jobs)},
                 {"jobs_without_trace", number(recent.untraced)},
                 {"more_jobs", recent.more}};
  add_time_field(summary, query.filter);
  for (Field& field : outcome_fields(recent.outcomes, recent.warnings)) summary.push_back(std::move(field));
  if (options.count) {
    print_counted(counted_traces(recent, query.filter), summary, context);
    report_outcomes(recent.outcomes, recent.warnings, context.notices);
    return exit_code_of(recent.outcomes);
  }
  const std::size_t shown = options.limit == 0
                                ? recent.traces.size()
                                : std::min(recent.traces.size(), static_cast<std::size_t>(options.limit));
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(trace_list_heading());
  for (std::size_t index = 0; index < shown; ++index) formatter->row(trace_list_record(recent.traces[index]));
  formatter->tell(remarks_for(recent, shown, options, query.filter, context));
  formatter->end(summary);
  report_outcomes(recent.outcomes, recent.warnings, context.notices);
  if (recent.traces.empty() && is_for_people(context))
    context.notices.note(recent.jobs == 0 ? "No jobs match."
                                          : "None of " + jobs_words(recent, query.filter) + " has a trace ID.");
  if (const std::string about = words_about_times(query.filter); !about.empty() && is_for_people(context))
    context.notices.note(about);
  const bool has_place = context.format.name == "json" || context.format.name == "yaml" || is_table(context);
  if (recent.more && !has_place)
    context.notices.note("the newest " + count_words(recent.jobs, "job") + " were looked at; --jobs looks at more");
  return exit_code_of(recent.outcomes);
}

}  // namespace

CommandForm form(At<"trace list">) {
  const auto options = std::make_shared<TraceListOptions>();
  CommandForm form(options, trace_list);
  form.takes(options->filter, filter_options());
  form.takes(*options, options_of_list);
  return form;
}

}  // namespace queuetrace

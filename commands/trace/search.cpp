// `trace search`: traces by any attribute of their spans, asked of the viewer that has them.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/job/links.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/spans.hpp"
#include "formatters/found_trace_record.hpp"
#include "formatters/table_view.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"
#include "tracing/span_store/trace_search.hpp"

namespace queuetrace {
namespace {

struct TraceSearchOptions {
  std::vector<std::string> tags;  ///< `name=value`
  std::string service;
  std::string since = "24h";
  std::string until;
  std::size_t limit = 20;
  bool print_link = false;
  bool count = false;  ///< none of them, but how many there are
};

constexpr Option<TraceSearchOptions> own_options[] = {
    {{.names = "--tag", .value = "NAME=VALUE", .help = "Attribute of a span; several must all be in one span"},
     into<&TraceSearchOptions::tags>},
    {{.names = "--service", .value = "NAME", .help = "Service that sent the span"}, into<&TraceSearchOptions::service>},
    {{.names = "--since",
      .value = "TIME",
      .help = "From this time on: 15m, 2h, 7d, a date, RFC 3339 or Unix time",
      .shows_default = true},
     into<&TraceSearchOptions::since>},
    {{.names = "--until", .value = "TIME", .help = "Before this time (default: now)"},
     into<&TraceSearchOptions::until>},
    {{.names = "-l,--limit", .value = "N", .help = "Show at most this many traces", .shows_default = true},
     into<&TraceSearchOptions::limit, 1, 1'000>},
    {{.names = "--print-link", .help = "Only print the link of the viewer's own search"},
     into<&TraceSearchOptions::print_link>},
    {{.names = count_option.names, .help = count_option.help, .excludes = "--print-link"},
     into<&TraceSearchOptions::count>},
};

Timestamp moment(const char* option, const std::string& text, Timestamp now) {
  const std::optional<Timestamp> time = parse_moment(text, now);
  if (!time || *time == infinite_future || *time == infinite_past)
    throw Error(ErrorKind::usage, std::string(option) + ": " + in_quotes(text) + " is not a time")
        .with_hint("use 15m, 2h, 7d, a date, RFC 3339 or Unix time");
  return *time;
}

TraceSearch search_of(const TraceSearchOptions& options, Timestamp now) {
  TraceSearch search;
  for (const std::string& tag : options.tags) {
    const std::size_t equals = tag.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorKind::usage, "--tag: " + in_quotes(tag) + " is not NAME=VALUE")
          .with_hint("for example --tag order.id=123");
    search.tags.emplace_back(tag.substr(0, equals), tag.substr(equals + 1));
  }
  if (search.tags.empty() && options.service.empty())
    throw Error(ErrorKind::usage, "nothing to search for").with_hint("give --tag NAME=VALUE or --service NAME");
  search.service = options.service;
  search.since = moment("--since", options.since, now);
  search.until = options.until.empty() ? now : moment("--until", options.until, now);
  search.limit = options.limit;
  if (search.until <= search.since)
    throw Error(ErrorKind::usage, "--until is not after --since").with_hint("swap them, or leave --until out");
  return search;
}

/// The viewer's own search for the first tag; what a job would say about when and where.
Viewer::Link search_link(const Viewer& viewer, const TraceSearch& search) {
  if (search.tags.empty()) return {std::nullopt, "without a tag there is no search that can be linked"};
  Job job;
  job.created_at = search.since;
  job.finished_at = search.until;
  job.spans.service = search.service;
  return viewer.search_link(job, search.until, search.tags.front().first, search.tags.front().second);
}

Fields summary_of(const SearchAnswer& answer, const Viewer& viewer, const SpanStoreSettings& store,
                  const Viewer::Link& link) {
  return {{"viewer", viewer.name()},
          {"address", store.origin},
          {"search_url", link.url ? Value{*link.url} : Value{}},
          {"more", answer.more},
          {"truncated", !answer.incomplete.empty()},
          {"truncated_because", answer.incomplete.empty() ? Value{} : Value{answer.incomplete}}};
}

void print(const SearchAnswer& answer, const Viewer& viewer, const SpanStoreSettings& store, const Viewer::Link& link,
           const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(found_traces_heading());
  for (const FoundTrace& found : answer.traces) {
    const Viewer::Link trace = viewer.trace_link(found.id, context.now());
    formatter->row({{"trace_id", found.id},
                    {"name", found.name.empty() ? Value{} : Value{found.name}},
                    {"service", found.service.empty() ? Value{} : Value{found.service}},
                    {"begin", found.begin ? Value{*found.begin} : Value{}},
                    {"duration_ms", found.length ? Value{*found.length} : Value{}},
                    {"spans", found.spans ? Value{static_cast<std::int64_t>(*found.spans)} : Value{}},
                    {"errors", found.errors ? Value{static_cast<std::int64_t>(*found.errors)} : Value{}},
                    {"trace_url", trace.url ? Value{*trace.url} : Value{}}});
  }
  Remarks remarks;
  remarks.summary = {{count_words(answer.traces.size(), "trace") + " in " + viewer.name() + " at " + store.origin}};
  if (answer.more) remarks.summary.push_back({"; there may be more: --limit"});
  if (!answer.traces.empty()) remarks.hint = "queuetrace trace show --spans " + answer.traces.front().id;
  formatter->tell(remarks);
  formatter->end(summary_of(answer, viewer, store, link));
}

/// Of at most as many as are asked for.
void print_number(const SearchAnswer& answer, const Viewer& viewer, const SpanStoreSettings& store,
                  const Viewer::Link& link, const Context& context) {
  Counted counted{answer.traces.size()};
  if (answer.more || !answer.incomplete.empty()) counted.exactness = Exactness::at_least;
  counted.sentence = {
      {counted_words(counted.total, counted.exactness, "trace") + " in " + viewer.name() + " at " + store.origin}};
  print_counted(counted, summary_of(answer, viewer, store, link), context);
}

/// One record a trace, newest first: schema `queuetrace.found_traces/1`, key `traces`. Where the viewer has no API that
/// is known, or is not there, the error names the link of its own search. An empty list is done; partial when the store
/// could not look through everything.
ExitCode trace_search(const TraceSearchOptions& options, Context& context) {
  const TraceSearch search = search_of(options, context.now());
  const LinkMaker links(context, context.sources);
  const Viewer& viewer = links.viewer_for(context.sources.empty() ? "" : context.sources.front().name);
  const Viewer::Link link = search_link(viewer, search);
  if (options.print_link) {
    if (!link.url) throw Error(ErrorKind::not_found, "no search link: " + link.reason);
    context.out << *link.url << '\n';
    return ExitCode::done;
  }
  const std::string instead = link.url ? "search in the viewer instead: " + *link.url : std::string();
  const SpanStoreChoice choice = span_store_of(viewer, context);
  if (!choice.settings) {
    const std::string hint = link.url ? instead : choice.hint;
    throw Error(ErrorKind::usage, choice.problem).with_hint(hint);
  }
  const SearchAnswer answer = search_traces(*choice.settings, search, span_bounds(context));
  if (!answer.problem.empty()) {
    Error error(answer.kind, viewer.name() + " (" + choice.settings->origin + "): " + answer.problem);
    if (link.url) error.with_hint(instead);
    throw error;
  }
  if (options.count)
    print_number(answer, viewer, *choice.settings, link, context);
  else
    print(answer, viewer, *choice.settings, link, context);
  if (answer.incomplete.empty()) return ExitCode::done;
  context.notices.warning("incomplete: " + answer.incomplete);
  return ExitCode::partial;
}

}  // namespace

CommandForm form(At<"trace search">) {
  const auto options = std::make_shared<TraceSearchOptions>();
  CommandForm form(options, trace_search);
  form.takes(*options, own_options);
  return form;
}

}  // namespace queuetrace

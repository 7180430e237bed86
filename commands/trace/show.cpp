// `trace show`: everything that happened to a trace, an order or a job, over all queues, as one tree and time line.
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/job/links.hpp"
#include "commands/job/list_options.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/again.hpp"
#include "commands/trace/collect.hpp"
#include "commands/trace/spans.hpp"
#include "commands/trace/start.hpp"
#include "commands/trace/whole_trace.hpp"
#include "formatters/chrome_trace.hpp"
#include "formatters/escape.hpp"
#include "formatters/mermaid.hpp"
#include "formatters/timeline_html.hpp"
#include "formatters/timeline_svg.hpp"
#include "formatters/trace_record.hpp"
#include "formatters/tree_text.hpp"
#include "model/count_words.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_key.hpp"
#include "tracing/trace_tree_builder.hpp"

namespace queuetrace {
namespace {

struct TraceShowOptions {
  std::string typed;
  std::string as;  ///< `trace`, `correlation`, `job`, or empty: whatever fits
  std::size_t max_jobs = 1'000;
  std::optional<std::size_t> depth;  ///< levels below the top to draw; absent: all
  bool payload = false;
  bool spans = false;
};

constexpr Option<TraceShowOptions> options_of_show[] = {
    {{.names = "TRACE|CORRELATION|JOB",
      .help = "Trace ID in any spelling, correlation ID, job ID or source/ID; - reads stdin, env reads TRACEPARENT",
      .required = true},
     into<&TraceShowOptions::typed>},
    {{.names = "--as",
      .value = "KIND",
      .help = "Read the argument only as this (default: as whatever it may be)",
      .choices = "trace,correlation,job"},
     into<&TraceShowOptions::as>},
    {{.names = "--depth", .value = "N", .help = "Levels to show below the top (default: all)"},
     into<&TraceShowOptions::depth, 0, 1'000'000>},
    {{.names = "--max-jobs", .value = "N", .help = "Show at most this many jobs", .shows_default = true},
     into<&TraceShowOptions::max_jobs, 1, 10'000>},
    {{.names = "--payload", .help = "Also show payloads and results (JSON only)"}, into<&TraceShowOptions::payload>},
    {{.names = "--spans", .help = "Also read the trace's spans from its viewer: Jaeger, Zipkin or Tempo"},
     into<&TraceShowOptions::spans>},
};

constexpr std::array drawings{OutputFormat{"tree", "tree and time line in text", false, nullptr},
                              OutputFormat{"mermaid", "Mermaid flowchart", false, nullptr},
                              OutputFormat{"svg", "picture of the time line", false, nullptr},
                              OutputFormat{"html", "page with the time line, needs no network", false, nullptr},
                              OutputFormat{"chrome", "trace events for Perfetto", true, nullptr}};

void drop_payloads(std::vector<Job>& jobs) {
  for (Job& job : jobs) {
    job.payload.reset();
    job.result.reset();
  }
}

/// What the drawing is about, in the words of what was found by.
std::string subject_of(const OpenedTrace& trace, const TraceTree& tree) {
  if (!trace.named.empty()) return "Trace of job " + ref_words(trace.named.front().ref);
  const std::string typed = terminal_text(trace.typed, Profile::ident);
  const bool by_trace =
      trace.start.trace && std::any_of(tree.nodes.begin(), tree.nodes.end(), [&](const TraceNode& node) {
        return node.job && node.job->trace.trace_id && matches(*trace.start.trace, node.job->trace.trace_id->raw());
      });
  return (by_trace || tree.totals.jobs == 0 ? "Trace " : "Correlation ") + typed;
}

/// The jobs of each trace that a viewer opens, in the order of the tree.
std::vector<std::vector<const Job*>> jobs_by_trace(const TraceTree& tree) {
  std::vector<std::vector<const Job*>> traces;
  std::map<std::string, std::size_t> places;
  for (const TraceNode& node : tree.nodes) {
    if (!node.job || node.job->trace.status != TraceStatus::w3c) continue;
    const auto [place, fresh] = places.try_emplace(trace_key(*node.job), traces.size());
    if (fresh) traces.emplace_back();
    traces[place->second].push_back(&*node.job);
  }
  return traces;
}

/// What was read besides the jobs.
using Spans = std::optional<TraceSpans>;

/// Whether the tree is drawn, which stands beside messages; other drawings are kept without them.
bool is_tree(const Context& context) { return is_table(context) || context.format.name == "tree"; }

TraceHeading heading_of(const OpenedTrace& trace, const TraceTree& tree, const CollectedTrace& collected,
                        const Spans& spans, const LinkMaker& links, const Context& context) {
  const Timestamp now = context.now();
  TraceHeading heading{subject_of(trace, tree), std::nullopt, {}, {}};
  const std::string where = answered(collected.outcomes);
  const bool says_source = collected.outcomes.size() == 1 && !trace.named.empty();  // in the name of the job
  if (is_tree(context) && !says_source && !where.empty()) heading.subject += ", in " + where;
  const std::vector<std::vector<const Job*>> traces = jobs_by_trace(tree);
  for (const std::vector<const Job*>& jobs : traces)
    if (!heading.url) heading.url = links.trace_url(jobs);
  for (const TraceNode& node : tree.nodes) {
    const bool alone = node.is_span_alone() && spans.has_value();
    const std::optional<std::string> url = node.job ? links.links(*node.job).trace_url
                                           : alone  ? span_url(*node.span, *spans, now)
                                                    : std::nullopt;
    heading.links.push_back(url.value_or(""));
    if (!heading.url && node.job) heading.url = url;  // ids that only templates of the user's own take
  }
  if (tree.totals.jobs == 0 && typed_trace(trace))
    heading.url = links.viewer_for("").trace_link(*typed_trace(trace), now).url;
  if (traces.size() > 1)
    heading.remarks.push_back("jobs of " + count_words(traces.size(), "trace id") + "; the link opens the first");
  for (const SourceOutcome& outcome : collected.outcomes) {
    if (is_tree(context)) break;  // beside it the warnings say so
    if (outcome.error)
      heading.remarks.push_back(outcome.address + " failed, its jobs are missing: " + one_line(*outcome.error));
    if (const auto why = outcome.incomplete()) heading.remarks.push_back(outcome.address + ": incomplete: " + *why);
  }
  if (collected.truncated && !is_tree(context)) heading.remarks.push_back("incomplete: " + *collected.truncated);
  if (spans)
    for (const std::string& remark : span_remarks(*spans))
      heading.remarks.push_back(terminal_text(remark, Profile::text));
  return heading;
}

void print_records(const TraceTree& tree, const OpenedTrace& trace, const CollectedTrace& collected, const Spans& spans,
                   const TraceHeading& heading, const LinkMaker& links, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({.schema = "queuetrace.trace/1", .list_key = "nodes", .columns = trace_columns()});
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    const JobLinks of_job = node.job ? links.links(*node.job) : JobLinks{};
    if (!node.hidden) formatter->row(trace_record(tree, index, of_job, context.now()));
  }
  Fields summary{{"asked_for", Untrusted(trace.typed)}, {"trace_url", heading.url ? Value{*heading.url} : Value{}}};
  for (Field& field : trace_summary(tree)) summary.push_back(std::move(field));
  for (Field& field : outcome_fields(collected.outcomes, collected.warnings)) {
    if (field.name == "truncated" && collected.truncated) field.value = true;
    summary.push_back(std::move(field));
  }
  summary.push_back({"truncated_because", collected.truncated ? Value{*collected.truncated} : Value{}});
  if (spans) summary.push_back(span_outcome_field(*spans));
  formatter->end(summary);
}

void print_drawing(const TraceTree& tree, const TraceHeading& heading, const Context& context) {
  const std::string_view format = context.format.name;
  const FormatterOptions& options = context.format_options;
  const Redaction redaction(options.redact, !options.show_secrets);
  if (format == "mermaid") {
    const MermaidDrawing drawing = mermaid_drawing(tree, heading);
    context.out << drawing.text;
    if (drawing.folded > 0)
      context.notices.warning(grouped(drawing.folded) + " of " + count_words(tree.totals.jobs, "job") +
                              " are only counted in the drawing, since Mermaid draws no more; -o html shows all");
  } else if (format == "svg") {
    context.out << timeline_svg(tree, heading, redaction);
  } else if (format == "html") {
    context.out << timeline_html(tree, heading, redaction);
  } else if (format == "chrome") {
    context.out << chrome_trace_json(tree, heading, redaction);
  } else {
    const TreeTextOptions text{static_cast<std::size_t>(std::max(options.width, 0)), options.color, options.ascii,
                               options.wide, options.full_ids};
    context.out << tree_text(tree, heading, redaction, text);
  }
}

/// Prints the tree where lists would be tables, otherwise the format of the context. Exit codes: done, not_found
/// (nothing belongs to what was typed), partial when a source failed or something was cut short.
ExitCode trace_show(const TraceShowOptions& options, Context& context) {
  OpenedTrace trace = open_trace(options.typed, options.as, context, options.max_jobs);
  CollectedTrace collected = collect_whole_trace(trace, options.max_jobs, context);
  const LinkMaker links(context, sources_of(trace.sources));
  Spans spans;
  if (options.spans) spans = read_trace_spans(collected.jobs, typed_trace(trace), links, context);
  if (collected.jobs.empty() && (!spans || spans->read.spans.empty())) {
    if (spans) report_spans(*spans, context.notices);
    const bool all_asked = !spans || with_spans(*spans, ExitCode::done) == ExitCode::done;
    return report_no_trace(trace, collected, options.as, all_asked, context);
  }
  if (!reads_payloads(options.payload, context.format_options)) drop_payloads(collected.jobs);

  TraceTree tree =
      build_trace_tree(std::move(collected.jobs), context.now(), spans ? std::move(spans->read) : ReadSpans());
  if (options.depth) hide_below(tree, *options.depth);
  TraceHeading heading = heading_of(trace, tree, collected, spans, links, context);
  heading.again = retry_command(tree, trace.sources, context);
  if (context.format.make != nullptr && !is_table(context))
    print_records(tree, trace, collected, spans, heading, links, context);
  else
    print_drawing(tree, heading, context);

  const ExitCode code = report_collected(collected, context);
  if (!spans) return code;
  report_spans(*spans, context.notices);
  return code == ExitCode::done ? with_spans(*spans, code) : code;
}

}  // namespace

CommandForm form(At<"trace show">) {
  const auto options = std::make_shared<TraceShowOptions>();
  CommandForm form(options, trace_show);
  form.takes(*options, options_of_show);
  form.formats = drawings;
  return form;
}

}  // namespace queuetrace

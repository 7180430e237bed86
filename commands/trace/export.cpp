// `trace export`: a trace rebuilt from the rows of its jobs, as spans for OpenTelemetry or Zipkin.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "commands/change/private_file.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/job/links.hpp"
#include "commands/program/facts.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/send_spans.hpp"
#include "commands/trace/whole_trace.hpp"
#include "formatters/redaction.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"
#include "tracing/rebuilt_trace.hpp"
#include "tracing/span_document.hpp"
#include "tracing/trace_tree_builder.hpp"

namespace queuetrace {
namespace {

struct TraceExportOptions {
  std::string typed;
  std::string as;
  std::string protocol;  ///< `otlp`, `zipkin`; empty: as the endpoint is, else OTLP
  std::string endpoint;
  std::string output;
  bool fresh_id = false;
  std::size_t max_jobs = 1'000;
};

constexpr Option<TraceExportOptions> options_of_export[] = {
    {{.names = "TRACE|CORRELATION|JOB",
      .help = "Trace ID in any spelling, correlation ID, job ID or source/ID; - reads stdin, env reads TRACEPARENT",
      .required = true},
     into<&TraceExportOptions::typed>},
    {{.names = "--as",
      .value = "KIND",
      .help = "Read the argument only as this (default: as whatever it may be)",
      .choices = "trace,correlation,job"},
     into<&TraceExportOptions::as>},
    {{.names = "--endpoint",
      .value = "URL",
      .help = "Send the spans there, where the trace is not there yet",
      .excludes = "--output"},
     into<&TraceExportOptions::endpoint>},
    {{.names = "--output", .value = "FILE", .help = "Write the spans to a new file", .words = ValueWords::files},
     into<&TraceExportOptions::output>},
    {{.names = "--protocol",
      .value = "NAME",
      .help = "JSON of OTLP or of Zipkin (default: what the endpoint takes, else OTLP)",
      .choices = "otlp,zipkin"},
     into<&TraceExportOptions::protocol>},
    {{.names = "--fresh-id", .help = "Write the spans under a new trace ID, with a link to the old one"},
     into<&TraceExportOptions::fresh_id>},
    {{.names = "--max-jobs", .value = "N", .help = "Export at most this many jobs", .shows_default = true},
     into<&TraceExportOptions::max_jobs, 1, 10'000>},
};

constexpr std::array export_columns{
    Column{.field = "trace_id", .heading = "TRACE"},
    Column{.field = "jobs", .heading = "JOBS", .right = true},
    Column{.field = "spans", .heading = "SPANS", .right = true},
    Column{.field = "requests", .heading = "REQUESTS", .where = Column::Where::wide, .right = true},
    Column{.field = "to", .heading = "TO", .shrinkable = true},
    Column{.field = "original_trace_id", .heading = "COPY OF", .where = Column::Where::wide},
    Column{.field = "trace_url", .heading = "TRACE URL", .where = Column::Where::never}};

std::optional<SpanEncoding> encoding_of(const std::string& protocol) {
  if (protocol.empty()) return std::nullopt;
  return protocol == "zipkin" ? SpanEncoding::zipkin : SpanEncoding::otlp;
}

/// An id of zeros is what tracers write that have nothing to say; taken for a trace it would join strangers.
void refuse_zeros(const std::string& typed) {
  const bool zeros = typed.size() >= 16 && typed.find_first_not_of("0-") == std::string::npos;
  if (zeros) throw Error(ErrorKind::usage, in_quotes(typed) + " is no trace: an ID of zeros names none");
}

/// What leaves the machine: no payloads, and errors with secrets masked, whatever --show-secrets says.
void keep_what_may_leave(std::vector<Job>& jobs, const Context& context) {
  const Redaction redaction(context.format_options.redact, true);
  for (Job& job : jobs) {
    job.payload.reset();
    job.result.reset();
    if (!job.error) continue;
    std::string masked;
    redaction.hide_in_text(job.error->raw(), masked);
    job.error = Untrusted(masked);
  }
}

/// How one trace was written.
struct Written {
  const RebuiltTrace* trace = nullptr;
  std::size_t spans = 0;
  std::size_t requests = 0;
};

void print_report(const std::vector<Written>& written, const std::string& to, const Viewer& viewer,
                  const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.export/1", "traces", export_columns, Heading::Layout::list, "trace_id"});
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  for (const Written& one : written) {
    const Viewer::Link link = viewer.trace_link(hex32(one.trace->id), context.now());
    formatter->row({{"trace_id", hex32(one.trace->id)},
                    {"jobs", number(one.trace->jobs)},
                    {"spans", number(one.spans)},
                    {"requests", one.requests == 0 ? Value{} : Value{number(one.requests)}},
                    {"to", Untrusted(to)},
                    {"original_trace_id", one.trace->original ? Value{hex32(*one.trace->original)} : Value{}},
                    {"trace_url", link.url ? Value{*link.url} : Value{}}});
  }
  formatter->end({});
}

/// One line a document: an ordinary trace is one.
void print_documents(const RebuiltTraces& rebuilt, SpanEncoding encoding, Context& context) {
  for (const RebuiltTrace& trace : rebuilt.traces)
    write_span_documents(trace.spans, encoding, program_version(), [&](const SpanDocument& document) {
      context.out << document.text << '\n';
      return context.out.good();
    });
}

std::vector<Written> write_file(const RebuiltTraces& rebuilt, SpanEncoding encoding,
                                const TraceExportOptions& options) {
  PrivateFile file(options.output, PrivateFile::Mode::create);
  std::vector<Written> written;
  for (const RebuiltTrace& trace : rebuilt.traces) {
    Written& one = written.emplace_back(Written{&trace});
    write_span_documents(trace.spans, encoding, program_version(), [&](const SpanDocument& document) {
      file.write(document.text + "\n");
      one.spans += document.spans;
      return true;
    });
  }
  file.sync();
  return written;
}

std::vector<Written> send(const RebuiltTraces& rebuilt, const SpanEndpoint& endpoint, const Context& context) {
  std::vector<Written> written;
  for (const RebuiltTrace& trace : rebuilt.traces) {
    const SentSpans sent = send_spans(trace, endpoint, context);
    written.push_back({&trace, sent.spans, sent.requests});
  }
  return written;
}

/// Prints the spans in one line of JSON (more only beyond 4 MiB), or writes them to a file or sends them and prints a
/// record of schema `queuetrace.export/1` for each trace. Exit codes: done; usage for an address or id that cannot be
/// used; not_found when nothing belongs to what was typed, or no job of it has times; refused when the store has the
/// trace or the file is there; unreachable, authentication; partial when a source failed or something was cut short.
ExitCode trace_export(const TraceExportOptions& options, Context& context) {
  std::optional<SpanEndpoint> endpoint;
  if (!options.endpoint.empty())
    endpoint = read_span_endpoint(options.endpoint, encoding_of(options.protocol), context.surroundings.environment);
  const SpanEncoding encoding =
      endpoint ? endpoint->encoding : encoding_of(options.protocol).value_or(SpanEncoding::otlp);
  if (options.as != "job" && options.as != "correlation") refuse_zeros(options.typed);
  OpenedTrace trace = open_trace(options.typed, options.as, context, options.max_jobs);
  CollectedTrace collected = collect_whole_trace(trace, options.max_jobs, context);
  if (collected.jobs.empty()) return report_no_trace(trace, collected, options.as, true, context);
  keep_what_may_leave(collected.jobs, context);
  const TraceTree tree = build_trace_tree(std::move(collected.jobs), context.now());
  RebuiltTraces rebuilt = rebuild_traces(tree);
  if (rebuilt.traces.empty())
    throw Error(ErrorKind::not_found, "no job of " + in_quotes(trace.typed) + " has times, so there are no spans");
  if (rebuilt.jobs_without_times > 0)
    context.notices.warning(count_words(rebuilt.jobs_without_times, "job") + " without times left out");

  const LinkMaker links(context, sources_of(trace.sources));
  const Viewer& viewer = links.viewer_for(tree.totals.sources.empty() ? "" : tree.totals.sources.front());
  if (endpoint && !options.fresh_id) check_not_there(rebuilt, *endpoint, viewer, context);
  if (options.fresh_id) give_fresh_ids(rebuilt);
  if (endpoint)
    print_report(send(rebuilt, *endpoint, context), endpoint->origin, viewer, context);
  else if (!options.output.empty())
    print_report(write_file(rebuilt, encoding, options), options.output, viewer, context);
  else
    print_documents(rebuilt, encoding, context);
  const ExitCode code = report_collected(collected, context);
  return context.limits.stop.stop_requested() ? ExitCode::interrupted : code;
}

}  // namespace

CommandForm form(At<"trace export">) {
  const auto options = std::make_shared<TraceExportOptions>();
  CommandForm form(options, trace_export);
  form.takes(*options, options_of_export);
  return form;
}

}  // namespace queuetrace

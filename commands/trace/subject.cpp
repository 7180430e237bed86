#include "commands/trace/subject.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "commands/filter/input_lines.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/job/links.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/pasted_id.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/trace/links.hpp"
#include "commands/trace/start.hpp"
#include "model/count_words.hpp"
#include "tracing/trace_key.hpp"
#include "tracing/whole_trace_link.hpp"

namespace queuetrace {
namespace {

constexpr Option<TraceArgument> table[] = {
    {{.names = "TRACE|JOB",
      .help = "Trace ID in any spelling, job ID or a prefix of one, or source/ID; - reads stdin, env reads TRACEPARENT",
      .required = true},
     into<&TraceArgument::typed>},
    {{.names = "--as",
      .value = "KIND",
      .help = "Read the argument as a job or as a trace (default: whichever fits)",
      .choices = "job,trace"},
     into<&TraceArgument::as>},
};

constexpr std::size_t shortest_bare_trace = 8;

/// Spellings of parse_trace_id() that are never a job's id.
bool is_unmistakable(const ParsedTraceId& parsed) {
  constexpr std::array kinds{"traceparent",  "b3",         "uber", "xray",         "gcp-header",
                             "gcp-resource", "kv-context", "url",  "json-carrier", "prefixed-uuid"};
  if (std::find(kinds.begin(), kinds.end(), parsed.kind) != kinds.end()) return true;
  constexpr std::array<std::string_view, 4> prefixes{"hex:", "dec:", "b64:", "uuid:"};
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return parsed.text.starts_with(prefix); });
}

/// Free text and lower-case digits go into links as they are; of every other form only the canonical digits do.
bool is_kept_as_written(const ParsedTraceId& parsed) {
  if (parsed.canonical.empty()) return true;
  return parsed.kind.starts_with("hex") && parsed.text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string text_of(const TraceArgument& argument, const Context& context) {
  if (argument.typed == "-") {
    if (const std::optional<std::string> line = first_input_line(context.in)) return *line;
    throw Error(ErrorKind::usage, "nothing on standard input").with_hint("write a trace ID or a job ID");
  }
  if (argument.typed == "env") {
    const auto found = context.surroundings.environment.find("TRACEPARENT");
    if (found == context.surroundings.environment.end() || found->second.empty())
      throw Error(ErrorKind::usage, "TRACEPARENT is not set").with_hint("export it, or give the trace ID itself");
    return found->second;
  }
  return argument.typed;
}

TraceSubject bare_trace(const std::string& text) {
  ParsedTraceId parsed = parse_trace_id(text);
  if (!parsed.error.empty())
    throw Error(ErrorKind::usage, in_quotes(text) + " is not a trace ID (" + parsed.error + ")")
        .with_hint("give a trace ID in any spelling, or a job of a source (--source)");
  TraceSubject subject;
  subject.trace = std::move(parsed);
  return subject;
}

std::string refs_of(const std::vector<Job>& jobs) {
  constexpr std::size_t most = 20;
  std::vector<std::string> refs;
  for (const Job& job : jobs)
    if (refs.size() < most) refs.push_back(in_quotes(job.ref.source + "/" + job.ref.id.raw()));
  return joined(refs);
}

/// The job that was found. Several occurrences are one subject as long as they carry the same trace.
TraceSubject subject_of(const std::string& typed, const std::vector<Job>& jobs, std::vector<Source> sources) {
  for (const Job& job : jobs)
    if (job.trace.trace_id != jobs.front().trace.trace_id)
      throw Error(ErrorKind::not_found,
                  in_quotes(typed) + " means " + count_words(jobs.size(), "job") + " with different traces")
          .with_hint("name one of " + refs_of(jobs));
  TraceSubject subject;
  subject.job = jobs.front();
  subject.sources = std::move(sources);
  return subject;
}

[[noreturn]] void throw_missing(const std::string& text, const JobSearch& search, Context& context) {
  report_missing(search, context.notices);  // throws when every source answered
  for (const SourceOutcome& outcome : search.outcomes)
    if (outcome.error) throw *outcome.error;
  throw Error(ErrorKind::not_found, "no job " + in_quotes(text) + " in what was read")
      .with_hint("the search was cut short; --full reads on");
}

TraceSubject find_job_subject(const std::string& text, Context& context) {
  const JobSearch search = find_jobs({text}, context, false);
  if (!search.all_found()) throw_missing(text, search, context);
  report_outcomes(search.outcomes, search.warnings, context.notices);
  std::vector<Job> jobs;
  for (const Job* job : search.jobs()) jobs.push_back(*job);
  return subject_of(text, jobs, sources_of(search.sources));
}

/// The first job of a trace, or of a correlation id: that one's trace is meant, which is said where there are others.
/// Absent: no job says what was typed.
std::optional<TraceSubject> first_of(const OpenedTrace& found, const ParsedTraceId& parsed, Context& context) {
  const Job* first = nullptr;
  std::set<std::string> traces;
  for (const Job& job : found.start.jobs) {
    if (job.trace.status != TraceStatus::w3c && job.trace.status != TraceStatus::opaque) continue;
    traces.insert(job.trace.trace_id->raw());
    if (first == nullptr || (job.created_at && (!first->created_at || *job.created_at < *first->created_at)))
      first = &job;
  }
  if (first == nullptr) return std::nullopt;
  TraceSubject subject;
  subject.job = *first;
  for (const Job& job : found.start.jobs)
    if (trace_key(job) == trace_key(*first)) subject.jobs.push_back(job);
  subject.sources = sources_of(found.sources);
  if (found.start.trace && names_trace(*first, *found.start.trace)) {
    subject.trace = parsed;
  } else if (traces.size() > 1) {
    context.notices.note("jobs of " + in_quotes(found.typed) + " belong to " + std::to_string(traces.size()) +
                         " traces; this is that of the first job");
  }
  return subject;
}

/// Whether the chosen viewer opens the text as it is.
bool is_opened_by_viewer(const std::string& text, const Context& context) {
  return bare_trace(text).link(LinkMaker(context, {}).viewer_for(""), context.now()).url.has_value();
}

/// Rules 4 and 5 with sources to ask.
TraceSubject find_either(const std::string& typed, const ParsedTraceId& parsed, Context& context) {
  if (typed.empty()) return find_job_subject(typed, context);
  const std::string text = as_pasted(typed);
  constexpr std::size_t most_jobs = 1'000;
  const bool reads_as_trace = parsed.error.empty() && parsed.text.size() >= shortest_bare_trace;
  std::string why;
  try {
    const OpenedTrace found = open_trace(typed, "", context, most_jobs);
    report_outcomes(found.search.outcomes, found.search.warnings, context.notices);
    if (!found.named.empty()) return subject_of(text, found.named, sources_of(found.sources));
    if (std::optional<TraceSubject> subject = first_of(found, parsed, context)) return *subject;
    if (!found.by_prefix.empty()) return subject_of(text, found.by_prefix, sources_of(found.sources));
    if (!found.start.jobs.empty())
      throw Error(ErrorKind::not_found, "no job of " + in_quotes(text) + " has a trace ID");
    if (!reads_as_trace || !found.search.found.front().candidates.empty()) throw_missing(text, found.search, context);
    const bool failed =
        std::ranges::any_of(found.search.outcomes, [](const SourceOutcome& one) { return one.error.has_value(); });
    // Free text is an id of a job that nobody could be asked about rather than one of a trace.
    if (failed && parsed.canonical.empty() && !is_opened_by_viewer(text, context))
      throw_missing(text, found.search, context);
    const std::string searched = answered(found.search.outcomes);
    why = searched.empty() ? "no source answered"
                           : "no job, trace or correlation ID " + in_quotes(text) + " in " + searched;
  } catch (const Error& error) {
    if (!reads_as_trace || (!is_unanswered(error.kind()) && error.kind() != ErrorKind::authentication)) throw;
    if (parsed.canonical.empty() && !is_opened_by_viewer(text, context)) throw;
    context.notices.warning(one_line(error));
    why = "no source answered";
  }
  context.notices.note(why + "; read as a trace ID");
  return bare_trace(text);
}

}  // namespace

OptionTable<TraceArgument> trace_argument() { return table; }

std::string TraceSubject::name() const {
  if (trace) return "trace " + in_quotes(trace->text);
  return "job " + in_quotes(job->ref.source + "/" + job->ref.id.raw());
}

std::string TraceSubject::trace_id() const {
  if (trace) return is_kept_as_written(*trace) ? trace->text : trace->canonical;
  const TraceContext& context = job->trace;
  if (!context.trace_id || context.status == TraceStatus::absent)
    throw Error(ErrorKind::not_found, name() + " has no trace ID");
  if (context.status == TraceStatus::placeholder)
    throw Error(ErrorKind::not_found,
                name() + " has a placeholder instead of a trace ID: " + in_quotes(context.trace_id->raw()));
  const ParsedTraceId parsed = parse_trace_id(context.trace_id->raw());
  if (!parsed.error.empty())
    throw Error(ErrorKind::not_found,
                name() + " has an unusable trace ID (" + parsed.error + "): " + in_quotes(context.trace_id->raw()));
  return parsed.canonical.empty() || !is_unmistakable(parsed) || parsed.kind == "prefixed-uuid" ? parsed.text
                                                                                                : parsed.canonical;
}

std::string TraceSubject::traceparent() const {
  const ParsedTraceId parsed = trace ? *trace : parse_trace_id(trace_id());
  if (parsed.canonical.empty())
    throw Error(ErrorKind::not_found, name() + ": " + in_quotes(parsed.text) + " is not a 128-bit trace ID");
  std::string span = parsed.span;
  if (job && job->trace.span_id) {
    const std::string& stored = job->trace.span_id->raw();
    const bool is_hex = stored.size() == 16 && stored.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (is_hex && stored.find_first_not_of('0') != std::string::npos) span = stored;
  }
  if (span.empty()) throw Error(ErrorKind::not_found, name() + " has no span ID of 16 hex digits");
  return "00-" + parsed.canonical + "-" + span + "-01";
}

Viewer::Link TraceSubject::link(const Viewer& viewer, Timestamp now) const {
  if (job) {
    std::vector<const Job*> all{&*job};
    for (const Job& other : jobs) all.push_back(&other);
    return whole_trace_link(viewer, all, now);
  }
  if (trace->span.empty()) return viewer.trace_link(trace_id(), now);
  return viewer.trace_link(trace->kind == "url" ? traceparent() : trace->text,
                           now);  // with the span that the text names
}

Viewer::Link TraceSubject::search(const Viewer& viewer, Timestamp now) const {
  return job ? viewer.search_link(*job, now) : Viewer::Link{};
}

TraceSubject find_trace_subject(const TraceArgument& argument, Context& context) {
  const std::string text = text_of(argument, context), pasted = as_pasted(text);
  if (argument.as == "trace") return bare_trace(pasted);
  if (argument.as == "job" || named_source(pasted, context) != nullptr) return find_job_subject(text, context);
  const ParsedTraceId parsed = parse_trace_id(pasted);
  const bool is_trace = argument.typed == "env" || (parsed.error.empty() && is_unmistakable(parsed));
  if (is_trace || context.sources.empty()) return bare_trace(pasted);
  return find_either(text, parsed, context);
}

ViewerLink required_trace_link(const TraceSubject& subject, Context& context, bool or_search) {
  const LinkMaker maker(context, subject.sources);
  const Viewer& viewer = maker.viewer_for(subject.job ? subject.job->ref.source : "");
  const Viewer::Link link = subject.link(viewer, context.now());
  if (link.url) return {*link.url, viewer.name(), viewer.origin()};
  const Viewer::Link search = subject.search(viewer, context.now());
  if (search.url && or_search) {
    context.notices.note(subject.name() + ": " + link.reason + "; this is a search for the job");
    return {*search.url, viewer.name(), viewer.origin()};
  }
  Error error(ErrorKind::not_found, "no trace link for " + subject.name() + ": " + link.reason);
  if (search.url) error.with_hint("search for the job instead: " + *search.url);
  throw error;
}

}  // namespace queuetrace

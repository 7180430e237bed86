#include "formatters/trace_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "formatters/escape.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

using Kind = TraceSegment::Kind;

constexpr TextLimits name_limits{256, false};
constexpr TextLimits error_limits{512, false};
constexpr std::size_t most_services = 8;

/// A length of one kind of segments: `12.4s`, `~` before estimates, `+` while it goes on.
std::string length_words(const TraceNode& node, Kind kind) {
  const std::optional<Milliseconds> length = node.length(kind);
  if (!length) return "";
  bool open = false;
  for (const TraceSegment& segment : node.segments) open = open || (segment.open && segment.kind == kind);
  return (node.is_estimated(kind) ? "~" : "") + to_human(*length) + (open ? "+" : "");
}

bool has_unknown(const TraceNode& node) { return node.segments.empty() || node.length(Kind::unknown).has_value(); }

std::string wait_words(const TraceNode& node) {
  if (std::string words = length_words(node, Kind::waiting); !words.empty()) return words;
  if (has_unknown(node) || !node.job->created_at) return "?";
  return node.length(Kind::running) ? "0ms" : "-";
}

std::string run_words(const TraceNode& node) {
  if (std::string words = length_words(node, Kind::running); !words.empty()) return words;
  const JobState state = node.job->state;
  const bool not_yet = state == JobState::pending || state == JobState::scheduled || state == JobState::blocked;
  return not_yet && node.job->attempts.value_or(0) == 0 ? "-" : "?";
}

std::string relation_words(TraceEdge edge) {
  switch (edge) {
    case TraceEdge::dependency: return "depends on its parent";
    case TraceEdge::parent_job: return "parent by job id";
    case TraceEdge::parent_span: return "parent by span";
    case TraceEdge::causation: return "caused by its parent";
    case TraceEdge::workflow_step: return "next step of the workflow";
    case TraceEdge::attempt: return "try of its job";
    case TraceEdge::child_span: return "child span";
    case TraceEdge::same_trace: return "same trace";
    case TraceEdge::same_correlation: return "same correlation";
    case TraceEdge::same_workflow: return "same workflow";
    case TraceEdge::same_batch: return "same batch";
    case TraceEdge::none: return "";
  }
  return "";
}

std::string link_words(const TraceTree& tree, const TraceLink& link) {
  const TraceNode& parent = tree.nodes[link.parent];
  const std::string verb = link.edge == TraceEdge::dependency ? "depends on " : "made by ";
  const std::string ref = ref_words(parent);
  return link.use == TraceLink::Use::cut ? "cycle: also " + verb + ref + " (cut here)" : "also " + verb + ref;
}

std::string below_words(const TraceTree& tree, const TraceNode& node) {
  const bool spans = tree.totals.spans > 0;
  return count_words(node.hidden_below, spans ? "row" : "job", spans ? "rows" : "jobs") + " below not shown";
}

std::string redacted(const Untrusted& text, const Redaction& redaction) {
  std::string safe;
  if (!redaction.enabled() || redaction.hide_in_text(text.raw(), safe) == 0) safe = text.raw();
  return terminal_text(safe, Profile::text, error_limits);
}

/// The name of a span and who sent it: `POST /checkout of shop`.
std::string span_name(const Span& span) {
  std::string text = span.name.empty() ? "(no name)" : terminal_text(span.name, Profile::ident, name_limits);
  if (!span.service.empty()) text += " of " + terminal_text(span.service, Profile::ident, name_limits);
  return text;
}

std::string own_span_words(const Span& span) {
  std::string text = "span " + span_name(span);
  if (const std::optional<Milliseconds> length = span.length()) text += ", " + to_human(*length);
  if (span.status == Span::Status::error) text += ", error";
  return text;
}

/// What the spans tell of a job.
void add_span_marks(const TraceTree& tree, const TraceNode& node, std::vector<std::string>& marks) {
  if (node.maker && node.after_maker && node.after_maker->count() >= 0)
    marks.push_back("ran " + to_human(*node.after_maker) + " after " + span_name(*tree.nodes[*node.maker].span) +
                    " began");
  if (node.maker && node.after_maker && node.after_maker->count() < 0)
    marks.push_back("ran " + to_human(-*node.after_maker) + " before " + span_name(*tree.nodes[*node.maker].span) +
                    ", which made it: clocks differ");
  if (node.span_lag)
    marks.push_back("its span begins " + to_human(std::chrono::abs(*node.span_lag)) +
                    (node.span_lag->count() > 0 ? " after" : " before") + " the start in its row: clocks differ");
  if (node.span_not_found) marks.push_back("no span of it in the trace: not sampled, or lost");
}

std::vector<std::string> marks_of(const TraceTree& tree, const TraceNode& node) {
  std::vector<std::string> marks;
  for (const TraceLink& link : node.links)
    if (link.use != TraceLink::Use::implied) marks.push_back(link_words(tree, link));
  for (const Untrusted& id : node.not_found)
    marks.push_back("also names parent " + terminal_text(id, Profile::ident) + ", not found");
  if (node.occurrences > 1)
    marks.push_back(fmt::format("stored {} times, this is {}", node.occurrences, node.occurrence));
  if (node.skew)
    marks.push_back((node.job ? "created " : "begun ") + to_human(*node.skew) + " before " +
                    (node.maker ? "the span that made it" : "its parent") + ": clocks differ");
  add_span_marks(tree, node, marks);
  if (node.segments.empty()) marks.push_back("no times stored");
  if (node.hidden_below > 0) marks.push_back(below_words(tree, node));
  return marks;
}

NodeWords words_of_span(const TraceTree& tree, const TraceNode& node, const Redaction& redaction) {
  const Span& span = *node.span;
  NodeWords words;
  words.queue = span.name.empty() ? "(no name)" : terminal_text(span.name, Profile::ident, name_limits);
  words.kind = terminal_text(span.service, Profile::ident, name_limits);
  words.ref = ref_words(node);
  words.system = "span";
  words.state = span.status == Span::Status::error     ? "error"
                : span.kind == Span::Kind::unspecified ? "span"
                                                       : to_word(span.kind);
  if (node.attempt > 0) words.attempts = fmt::format("{}", node.attempt);
  words.run = span.length() ? to_human(*span.length()) : "?";
  words.relation = relation_words(node.edge);
  if (!span.error.empty()) words.error = redacted(span.error, redaction);
  words.marks = marks_of(tree, node);
  return words;
}

}  // namespace

bool is_remark(const std::string& mark) {
  return mark.starts_with("also ") || (mark.starts_with("ran ") && mark.ends_with(" began"));
}

std::string ref_words(const JobRef& ref) { return ref.source + "/" + terminal_text(ref.id, Profile::ident); }

std::string ref_words(const TraceNode& node) {
  if (node.is_span_alone()) return "span:" + node.span->id;
  return ref_words(node.job ? node.job->ref : node.missing);
}

NodeWords node_words(const TraceTree& tree, std::size_t index, const Redaction& redaction) {
  const TraceNode& node = tree.nodes[index];
  if (node.is_span_alone()) return words_of_span(tree, node, redaction);
  NodeWords words;
  if (!node.job) {
    words.queue = "parent not found";
    words.ref = ref_words(node.missing);
    words.state = "not found";
    if (node.hidden_below > 0) words.marks.push_back(below_words(tree, node));
    return words;
  }
  const Job& job = *node.job;
  words.queue = job.queue ? terminal_text(*job.queue, Profile::ident, name_limits) : "(no queue)";
  if (job.kind) words.kind = terminal_text(*job.kind, Profile::ident, name_limits);
  words.ref = ref_words(job.ref);
  words.system = job.system;
  words.state = to_word(job.state);
  if (job.attempts && job.max_attempts)
    words.attempts = fmt::format("{}/{}", *job.attempts, *job.max_attempts);
  else if (job.attempts)
    words.attempts = fmt::format("{}", *job.attempts);
  words.wait = wait_words(node);
  words.run = run_words(node);
  words.held = length_words(node, Kind::held);
  words.relation = relation_words(node.edge);
  if (job.error && !job.error->empty()) words.error = redacted(*job.error, redaction);
  if (node.span) words.span = own_span_words(*node.span);
  words.marks = marks_of(tree, node);
  return words;
}

std::string size_words(const TraceTree& tree) {
  const TraceTotals& totals = tree.totals;
  std::string text = count_words(totals.jobs, "job");
  if (totals.missing > 0) text += fmt::format(" (and {} not found)", count_words(totals.missing, "parent"));
  text +=
      fmt::format(" in {} of {}", count_words(totals.queues, "queue"), count_words(totals.systems.size(), "system"));
  for (std::size_t at = 0; at < totals.systems.size(); ++at) text += (at == 0 ? ": " : ", ") + totals.systems[at];
  if (totals.spans == 0) return text;
  text += "; " + count_words(totals.spans, "span");
  if (totals.services.empty()) return text;
  text += " of " + count_words(totals.services.size(), "service");
  for (std::size_t at = 0; at < std::min(totals.services.size(), most_services); ++at)
    text += (at == 0 ? ": " : ", ") + terminal_text(totals.services[at], Profile::ident, name_limits);
  if (totals.services.size() > most_services) text += ", ...";
  return text;
}

std::string span_words(const TraceTree& tree) {
  if (!tree.first) return "no times stored";
  return fmt::format("{} to {}, {}", to_rfc3339(*tree.first), to_rfc3339(*tree.last),
                     to_human(std::chrono::duration_cast<Milliseconds>(*tree.last - *tree.first)));
}

std::string totals_words(const TraceTree& tree) {
  const TraceTotals& totals = tree.totals;
  std::string text = to_human(totals.running) + " running, " + to_human(totals.waiting) + " waiting";
  if (totals.held.count() > 0) text += ", " + to_human(totals.held) + " held";
  text += " over all jobs";
  std::string separator = "; ";
  const auto add = [&](std::size_t count, const char* what) {
    if (count == 0) return;
    text += fmt::format("{}{} {}", separator, count, what);
    separator = ", ";
  };
  add(totals.failed, "failed");
  add(totals.unfinished, "not finished");
  add(totals.without_times, "without times");
  add(totals.failed_spans, totals.failed_spans == 1 ? "span with an error" : "spans with errors");
  add(totals.spans_not_found, "without a span");
  return text;
}

std::string critical_words(const TraceTree& tree) {
  if (tree.critical_stretches.empty()) return "";
  const std::chrono::microseconds length = tree.critical_stretches.back().end - tree.critical_stretches.front().begin;
  std::string text = to_human(std::chrono::duration_cast<Milliseconds>(length)) + " over " +
                     count_words(tree.critical_path.size(), "job") + ":";
  std::string separator = " ";
  for (const CriticalShare& share : critical_shares(tree)) {
    text += separator + to_human(std::chrono::duration_cast<Milliseconds>(share.length)) + " ";
    separator = ", ";
    if (!share.node) {
      text += "between jobs";
      continue;
    }
    text += share.kind == Kind::unknown ? "not recorded" : to_word(share.kind);
    const std::optional<Untrusted>& queue = tree.nodes[*share.node].job->queue;
    if (share.kind != Kind::running && queue) text += " in " + terminal_text(*queue, Profile::ident, name_limits);
  }
  return text;
}

}  // namespace queuetrace

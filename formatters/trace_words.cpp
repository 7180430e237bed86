#include "formatters/trace_words.hpp"

#include <fmt/format.h>

#include "formatters/escape.hpp"

namespace queuetrace {
namespace {

using Kind = TraceSegment::Kind;

constexpr TextLimits name_limits{256, false};
constexpr TextLimits error_limits{512, false};

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

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
  const std::string ref = ref_words(parent.job ? parent.job->ref : parent.missing);
  return link.use == TraceLink::Use::cut ? "cycle: also " + verb + ref + " (cut here)" : "also " + verb + ref;
}

std::string redacted(const Untrusted& text, const Redaction& redaction) {
  std::string safe;
  if (!redaction.enabled() || redaction.hide_in_text(text.raw(), safe) == 0) safe = text.raw();
  return terminal_text(safe, Profile::text, error_limits);
}

std::vector<std::string> marks_of(const TraceTree& tree, const TraceNode& node) {
  std::vector<std::string> marks;
  for (const TraceLink& link : node.links)
    if (link.use != TraceLink::Use::implied) marks.push_back(link_words(tree, link));
  for (const Untrusted& id : node.not_found)
    marks.push_back("also names parent " + terminal_text(id, Profile::ident) + ", not found");
  if (node.occurrences > 1)
    marks.push_back(fmt::format("stored {} times, this is {}", node.occurrences, node.occurrence));
  if (node.skew) marks.push_back("created " + to_human(*node.skew) + " before its parent: clocks differ");
  if (node.segments.empty()) marks.push_back("no times stored");
  if (node.hidden_below > 0) marks.push_back(plural(node.hidden_below, "job", "jobs") + " below not shown");
  return marks;
}

}  // namespace

std::string ref_words(const JobRef& ref) { return ref.source + "/" + terminal_text(ref.id, Profile::ident); }

NodeWords node_words(const TraceTree& tree, std::size_t index, const Redaction& redaction) {
  const TraceNode& node = tree.nodes[index];
  NodeWords words;
  if (!node.job) {
    words.queue = "parent not found";
    words.ref = ref_words(node.missing);
    words.state = "not found";
    if (node.hidden_below > 0) words.marks.push_back(plural(node.hidden_below, "job", "jobs") + " below not shown");
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
  words.marks = marks_of(tree, node);
  return words;
}

std::string size_words(const TraceTree& tree) {
  const TraceTotals& totals = tree.totals;
  std::string text = plural(totals.jobs, "job", "jobs");
  if (totals.missing > 0) text += fmt::format(" (and {} not found)", plural(totals.missing, "parent", "parents"));
  text += fmt::format(" in {} of {}", plural(totals.queues, "queue", "queues"),
                      plural(totals.systems.size(), "system", "systems"));
  for (std::size_t at = 0; at < totals.systems.size(); ++at) text += (at == 0 ? ": " : ", ") + totals.systems[at];
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
  return text;
}

std::string critical_words(const TraceTree& tree) {
  if (tree.critical_stretches.empty()) return "";
  const std::chrono::microseconds length = tree.critical_stretches.back().end - tree.critical_stretches.front().begin;
  std::string text = to_human(std::chrono::duration_cast<Milliseconds>(length)) + " over " +
                     plural(tree.critical_path.size(), "job", "jobs") + ":";
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

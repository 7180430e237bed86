#include "formatters/trace_verdict.hpp"

#include <array>

#include "formatters/escape.hpp"
#include "formatters/short_ids.hpp"
#include "formatters/trace_words.hpp"
#include "model/age.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::array by_attention{JobState::dead, JobState::failed, JobState::retrying, JobState::blocked};

std::string due_words(const Job& job, Timestamp now) {
  if (!job.scheduled_at || *job.scheduled_at <= now || *job.scheduled_at == infinite_future) return {};
  return "next in " + to_age(std::chrono::duration_cast<Milliseconds>(*job.scheduled_at - now));
}

/// `waits for daa27fb8 inventory, which is dead`, of a job whose parent in the tree is one it depends on.
std::string blocked_words(const TraceTree& tree, const TraceNode& node, const std::vector<std::string>& ids) {
  if (!node.parent || node.edge != TraceEdge::dependency) return {};
  const TraceNode& parent = tree.nodes[*node.parent];
  std::string words = "waits for " + ids[*node.parent];
  if (!parent.job) return words + (parent.span ? "" : ", which was not found");
  if (parent.job->queue) words += " " + terminal_text(*parent.job->queue, Profile::ident, TextLimits{64, false});
  return words + ", which is " + std::string(to_word(parent.job->state));
}

}  // namespace

std::vector<std::string> shown_ids(const TraceTree& tree, bool whole) {
  std::vector<std::string> ids;
  for (const TraceNode& node : tree.nodes)
    ids.push_back(node.is_span_alone() ? node.span->id
                                       : terminal_text(node.job ? node.job->ref.id : node.missing.id, Profile::ident));
  return whole ? ids : short_ids(ids);
}

std::vector<VerdictLine> trace_verdict(const TraceTree& tree, const std::vector<std::string>& ids,
                                       const Redaction& redaction) {
  std::vector<VerdictLine> lines;
  for (const JobState state : by_attention)
    for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
      const TraceNode& node = tree.nodes[index];
      if (!node.job || node.job->state != state) continue;
      const NodeWords words = node_words(tree, index, redaction);
      std::string why = state == JobState::blocked    ? blocked_words(tree, node, ids)
                        : state == JobState::retrying ? due_words(*node.job, tree.now)
                                                      : std::string();
      if (!words.error.empty()) why += (why.empty() ? "" : ": ") + words.error;
      lines.push_back({words.state, ids[index], words.queue, std::move(why)});
    }
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    if (!tree.nodes[index].is_span_alone() || tree.nodes[index].span->status != Span::Status::error) continue;
    const NodeWords words = node_words(tree, index, redaction);
    lines.push_back({words.state, ids[index], words.queue, words.error});
  }
  return lines;
}

std::string verdict_words(const TraceTree& tree) {
  std::size_t dead = 0, failed = 0;
  for (const TraceNode& node : tree.nodes) {
    dead += node.job && node.job->state == JobState::dead ? 1 : 0;
    failed += node.job && node.job->state == JobState::failed ? 1 : 0;
  }
  std::string text = count_words(tree.totals.jobs, "job");
  if (tree.totals.spans > 0) text += " and " + count_words(tree.totals.spans, "span");
  if (tree.first) text += " in " + to_age(std::chrono::duration_cast<Milliseconds>(*tree.last - *tree.first));
  std::string separator = ": ";
  const auto add = [&](std::size_t count, const char* what) {
    if (count == 0) return;
    text += separator + std::to_string(count) + " " + what;
    separator = ", ";
  };
  add(dead, "dead");
  add(failed, "failed");
  add(tree.totals.unfinished, "not finished");
  add(tree.totals.missing, "not found");
  add(tree.totals.failed_spans, tree.totals.failed_spans == 1 ? "span with an error" : "spans with errors");
  add(tree.totals.spans_not_found, "without a span");
  return separator == ": " && tree.totals.jobs > 0 ? text + ", all done" : text;
}

std::string start_words(const TraceTree& tree, const TraceNode& node) {
  if (node.is_missing()) return "";
  const std::optional<Timestamp> started = node.job && node.job->started_at ? node.job->started_at
                                           : node.span                      ? node.span->begin
                                                                            : std::nullopt;
  if (!started || !tree.first) return node.job && node.job->attempts.value_or(0) == 0 ? "-" : "?";
  const auto offset = std::chrono::duration_cast<Milliseconds>(*started - *tree.first);
  if (offset.count() < 0) return "?";
  return "+" + (offset < std::chrono::minutes(1) ? to_human(offset) : to_age(offset));
}

}  // namespace queuetrace

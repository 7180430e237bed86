#include "tracing/trace_totals.hpp"

#include <algorithm>
#include <set>

namespace queuetrace {
namespace {

/// A job that is blocked to this day does not stretch the time line.
bool goes_on_held(const TraceSegment& segment) { return segment.open && segment.kind == TraceSegment::Kind::held; }

class Sums {
 public:
  explicit Sums(TraceTree& tree) : tree_(tree), totals_(tree.totals) {}

  void add(const TraceNode& node) {
    totals_.missing += node.is_missing();
    if (node.span) add_span(*node.span);
    for (const TraceSegment& segment : node.segments) stretch(segment);
    if (node.job) add_job(*node.job, node);
  }

  void finish() {
    totals_.systems.assign(systems_.begin(), systems_.end());
    totals_.sources.assign(sources_.begin(), sources_.end());
    totals_.services.assign(services_.begin(), services_.end());
    totals_.queues = queues_.size();
    totals_.held = std::chrono::duration_cast<Milliseconds>(held_);
    totals_.waiting = std::chrono::duration_cast<Milliseconds>(waiting_);
    totals_.running = std::chrono::duration_cast<Milliseconds>(running_);
  }

 private:
  void stretch(const TraceSegment& segment) {
    tree_.first = std::min(tree_.first.value_or(segment.begin), segment.begin);
    const Timestamp end = goes_on_held(segment) ? segment.begin : segment.end;
    tree_.last = std::max(tree_.last.value_or(end), end);
  }

  void add_span(const Span& span) {
    ++totals_.spans;
    totals_.failed_spans += span.status == Span::Status::error;
    if (!span.service.empty()) services_.insert(span.service);
  }

  void add_job(const Job& job, const TraceNode& node) {
    ++totals_.jobs;
    systems_.insert(job.system);
    sources_.insert(job.ref.source);
    if (job.queue) queues_.emplace(job.ref.source, *job.queue);
    totals_.failed += job.state == JobState::failed || job.state == JobState::dead;
    totals_.unfinished += !is_finished(job.state) && job.state != JobState::unknown;
    totals_.without_times += node.segments.empty();
    totals_.spans_not_found += node.span_not_found;
    for (const TraceSegment& segment : node.segments) {
      const std::chrono::microseconds length = segment.end - segment.begin;
      if (segment.kind == TraceSegment::Kind::held) held_ += length;
      if (segment.kind == TraceSegment::Kind::waiting) waiting_ += length;
      if (segment.kind == TraceSegment::Kind::running) running_ += length;
    }
  }

  TraceTree& tree_;
  TraceTotals& totals_;
  std::set<std::string> systems_, sources_;
  std::set<Untrusted> services_;
  std::set<std::pair<std::string, Untrusted>> queues_;
  std::chrono::microseconds held_{}, waiting_{}, running_{};
};

}  // namespace

void sum_up(TraceTree& tree) {
  Sums sums(tree);
  for (const TraceNode& node : tree.nodes) sums.add(node);
  sums.finish();
}

}  // namespace queuetrace

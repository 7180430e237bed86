#include "tracing/span_nodes.hpp"

#include <algorithm>
#include <tuple>

#include "tracing/trace_times.hpp"

namespace queuetrace {
namespace {

/// Rows often hold whole seconds, spans microseconds.
constexpr Milliseconds row_accuracy{1000};
constexpr Milliseconds span_accuracy{1};

std::vector<Span> merged(std::vector<Span> spans) {
  const auto facts = [](const Span& span) {
    return std::tie(span.begin, span.trace, span.id, span.parent, span.service, span.name, span.end, span.kind);
  };
  std::ranges::stable_sort(spans, [&](const Span& left, const Span& right) {
    if (left.begin.has_value() != right.begin.has_value()) return left.begin.has_value();
    return facts(left) < facts(right);
  });
  const auto same = [&](const Span& left, const Span& right) { return facts(left) == facts(right); };
  spans.erase(std::unique(spans.begin(), spans.end(), same), spans.end());
  return spans;
}

/// How much earlier the child begins than its parent, where that is more than the times are accurate to.
std::optional<Milliseconds> earlier_by(const std::optional<Timestamp>& child, const std::optional<Timestamp>& parent,
                                       Milliseconds accuracy) {
  if (!child || !parent || *parent - *child <= accuracy) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(*parent - *child);
}

}  // namespace

SpanNodes::SpanNodes(const std::vector<Job>& jobs, ReadSpans&& read)
    : jobs_(jobs),
      spans_(merged(std::move(read.spans))),
      traces_(read.traces.begin(), read.traces.end()),
      joined_(join_spans(jobs, spans_)),
      attempt_(spans_.size(), 0),
      job_of_(spans_.size()) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  node_of_.assign(spans_.size(), none);
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const std::vector<std::size_t>& runs = joined_[job].runs;
    if (!runs.empty()) with_runs_.insert({jobs[job].ref.source, jobs[job].ref.id});
    if (runs.size() == 1) node_of_[runs.front()] = job;
    if (runs.size() < 2) continue;
    for (std::size_t run = 0; run < runs.size(); ++run) {
      attempt_[runs[run]] = run + 1;
      job_of_[runs[run]] = job;
    }
  }
  for (std::size_t place = 0; place < spans_.size(); ++place) {
    by_id_[spans_[place].id].push_back(place);
    if (node_of_[place] != none) continue;
    node_of_[place] = jobs.size() + own_.size();
    own_.push_back(place);
  }
}

const Span* SpanNodes::only_run(std::size_t job) const {
  const std::vector<std::size_t>& runs = joined_[job].runs;
  return runs.size() == 1 ? &spans_[runs.front()] : nullptr;
}

/// Two halves of a call may share an id (Zipkin): the server's stands below the client's, and what names the id as its
/// parent stands below the half of its own service.
std::optional<std::size_t> SpanNodes::parent_of(std::size_t place) const {
  const Span& span = spans_[place];
  if (const auto same = by_id_.find(span.id); span.kind == Span::Kind::server && same != by_id_.end())
    for (const std::size_t other : same->second)
      if (other != place && spans_[other].kind == Span::Kind::client) return other;
  const auto found = by_id_.find(span.parent);
  if (span.parent.empty() || found == by_id_.end()) return std::nullopt;
  for (const std::size_t other : found->second)
    if (other != place && spans_[other].service == span.service) return other;
  return found->second.back() == place ? std::nullopt : std::optional(found->second.back());
}

std::vector<NamedParent> SpanNodes::parents() const {
  std::vector<NamedParent> named;
  for (std::size_t job = 0; job < jobs_.size(); ++job)
    if (const std::optional<std::size_t> maker = joined_[job].maker; maker && node_of(*maker) != job)
      named.push_back({job, node_of(*maker), {}, TraceEdge::parent_span});
  for (std::size_t place : own_) {
    if (job_of_[place])
      named.push_back({node_of(place), *job_of_[place], {}, TraceEdge::attempt});
    else if (const std::optional<std::size_t> parent = parent_of(place))
      named.push_back({node_of(place), node_of(*parent), {}, TraceEdge::child_span});
  }
  return named;
}

Job SpanNodes::with_span_times(std::size_t job) const {
  Job told = jobs_[job];
  const Span* span = only_run(job);
  if (span == nullptr || !usable(span->begin)) return told;
  if (!usable(told.started_at) && !(told.finished_at && told.run)) told.started_at = span->begin;
  if (!usable(told.finished_at) && is_finished(told.state) && told.started_at == span->begin)
    told.finished_at = span->end;
  return told;
}

std::optional<Timestamp> SpanNodes::begin(std::size_t number) const {
  if (number >= jobs_.size()) return usable(spans_[own_[number - jobs_.size()]].begin);
  if (const std::optional<Timestamp> created = usable(jobs_[number].created_at)) return created;
  const std::vector<std::size_t>& runs = joined_[number].runs;
  return runs.empty() ? std::nullopt : usable(spans_[runs.front()].begin);
}

void SpanNodes::fill(std::vector<TraceNode>& nodes) const {
  if (spans_.empty() && traces_.empty()) return;
  for (std::size_t job = 0; job < jobs_.size(); ++job) fill_job(nodes, job);
  for (std::size_t number = jobs_.size(); number < size(); ++number) fill_span(nodes, number);
}

/// Whether the job has run and its trace was read with spans in it.
bool SpanNodes::expects_span(const Job& job) const {
  const bool has_run = job.started_at || job.attempts.value_or(0) > 0 || job.state == JobState::running ||
                       (is_finished(job.state) && job.state != JobState::cancelled);
  return has_run && traces_.contains(span_trace_key(job));
}

void SpanNodes::fill_job(std::vector<TraceNode>& nodes, std::size_t job) const {
  TraceNode& node = nodes[job];
  const SpansOfJob& own = joined_[job];
  if (const Span* span = only_run(job)) node.span = *span;
  if (own.runs.empty()) {
    const bool elsewhere = with_runs_.contains({jobs_[job].ref.source, jobs_[job].ref.id});
    node.span_not_found = !elsewhere && expects_span(jobs_[job]);
  } else {
    node.span_tie = own.tie;
  }
  const std::optional<Timestamp> stored = usable(jobs_[job].started_at);
  const Span* first = own.runs.empty() ? nullptr : &spans_[own.runs.front()];
  if (node.span && stored && usable(node.span->begin)) {
    const auto lag = std::chrono::duration_cast<Milliseconds>(*node.span->begin - *stored);
    if (std::chrono::abs(lag) > row_accuracy) node.span_lag = lag;
  }
  if (!own.maker) return;
  node.maker = node_of(*own.maker);
  const std::optional<Timestamp> made = usable(spans_[*own.maker].begin);
  const std::optional<Timestamp> started = first != nullptr ? usable(first->begin) : stored;
  if (made && started) node.after_maker = std::chrono::duration_cast<Milliseconds>(*started - *made);
  if (!node.skew) node.skew = earlier_by(usable(jobs_[job].created_at), made, row_accuracy);
}

void SpanNodes::fill_span(std::vector<TraceNode>& nodes, std::size_t number) const {
  const std::size_t place = own_[number - jobs_.size()];
  TraceNode& node = nodes[number];
  node.span = spans_[place];
  node.attempt = attempt_[place];
  if (const std::optional<Timestamp> begin = usable(spans_[place].begin)) {
    const Timestamp end = std::max(usable(spans_[place].end).value_or(*begin), *begin);
    node.segments = {{TraceSegment::Kind::running, *begin, end, false, false}};
  }
  if (job_of_[place]) return;
  if (const std::optional<std::size_t> parent = parent_of(place))
    node.skew = earlier_by(usable(spans_[place].begin), usable(spans_[*parent].begin), span_accuracy);
}

}  // namespace queuetrace

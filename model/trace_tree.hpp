// Every job of a trace as one tree on one time line: which job made which, when each waited and ran, and what took
// longest; with the spans around them where those were read. Built by tracing/trace_tree_builder.hpp, drawn by
// formatters/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"
#include "model/span.hpp"

namespace queuetrace {

/// Which fact ties a job to its parent, the strongest first. The `same_*` ones tie top-level jobs to the trace only:
/// nothing stored says which job made them. `none`: a top-level job without such a tie.
enum class TraceEdge {
  dependency,     ///< Job::parents holds the parent's id
  parent_job,     ///< parent_span_id is the parent's job id
  parent_span,    ///< parent_span_id is the parent's span id, or the job was made in the span
  causation,      ///< causation_id is the parent's id
  workflow_step,  ///< the step before in the same workflow
  attempt,        ///< of a span: one of several tries of the job
  child_span,     ///< of a span: it names the parent's span as its own parent
  same_trace,
  same_correlation,
  same_workflow,
  same_batch,
  none
};

/// `dependency`, `parent-job`, `parent-span`, `causation`, `workflow-step`, `attempt`, `child-span`,
/// `same-trace`, ...; empty for none.
std::string_view to_word(TraceEdge edge);

/// A part of a job's life.
struct TraceSegment {
  /// `held`: not allowed to run yet (its schedule, or jobs it depends on). `unknown`: what happened is not recorded, as
  /// with earlier attempts; never counted as waiting or running.
  enum class Kind { held, waiting, running, unknown };
  Kind kind = Kind::unknown;
  Timestamp begin;
  Timestamp end;           ///< not before begin; equal for a moment of which only one side is known
  bool open = false;       ///< still continues when the answer is made: `end` is TraceTree::now
  bool estimated = false;  ///< a side of it is estimated by the store (see the job's notes)

  Milliseconds length() const { return std::chrono::duration_cast<Milliseconds>(end - begin); }
};

/// `held`, `waiting`, `running`, `unknown`.
std::string_view to_word(TraceSegment::Kind kind);

/// A parent besides the one that the tree shows.
struct TraceLink {
  /// `further`: another parent. `implied`: a dependency that follows from others. `cut`: would close a cycle.
  enum class Use { further, implied, cut };
  std::size_t parent = 0;  ///< index into TraceTree::nodes
  TraceEdge edge = TraceEdge::none;
  Use use = Use::further;
};

/// `further`, `implied`, `cut`.
std::string_view to_word(TraceLink::Use use);

/// A job, a span, both where a job's own span is known, or neither: a parent that was not found.
struct TraceNode {
  std::optional<Job> job;             ///< absent: a span without a job, or a parent that was not found
  std::optional<Span> span;           ///< of a job the span in which it ran, where that is known and the only one
  JobRef missing;                     ///< of such a parent: its id, and where the job that names it lives
  std::optional<std::size_t> parent;  ///< index into TraceTree::nodes, always a smaller one
  TraceEdge edge = TraceEdge::none;
  std::size_t depth = 0;
  std::vector<TraceLink> links;        ///< to further parents
  std::vector<Untrusted> not_found;    ///< ids of further parents that were not found
  std::vector<TraceSegment> segments;  ///< in time order, not overlapping; empty: no usable times
  bool critical = false;               ///< on the critical path
  std::size_t occurrence = 1;          ///< of `occurrences` with this ref
  std::size_t occurrences = 1;         ///< more than 1: the store holds this job several times, with different facts
  std::optional<Milliseconds> skew;    ///< created, or begun, this long before what made it: clocks differ

  std::optional<SpanTie> span_tie;  ///< of a job: how its span, or those of its tries, were recognised
  std::size_t attempt = 0;          ///< of a span that is one of several tries of a job: which one, from 1; else 0
  bool span_not_found = false;      ///< the job has run, its trace has spans, and none is its own: sampled out, or lost
  std::optional<std::size_t> maker;         ///< of a job: node of the span that made it
  std::optional<Milliseconds> after_maker;  ///< from the beginning of that span to the job's start
  std::optional<Milliseconds> span_lag;     ///< of a job: its span begins this long after the row says it started

  bool is_missing() const { return !job && !span; }
  bool is_span_alone() const { return !job && span; }

  bool hidden = false;           ///< deeper than asked for: drawings leave it out
  std::size_t hidden_below = 0;  ///< how many of those stand below this one

  std::optional<Timestamp> begin() const;
  std::optional<Timestamp> end() const;
  /// Length of all segments of this kind; absent when there is none.
  std::optional<Milliseconds> length(TraceSegment::Kind kind) const;
  bool is_open() const;
  bool is_estimated(TraceSegment::Kind kind) const;
};

/// A stretch of the critical path; stretches follow each other without gaps.
struct CriticalStretch {
  std::optional<std::size_t> node;  ///< absent: between two jobs
  TraceSegment::Kind kind = TraceSegment::Kind::unknown;
  Timestamp begin;
  Timestamp end;
};

struct TraceTotals {
  std::size_t jobs = 0;
  std::size_t missing = 0;           ///< parents that were not found
  std::vector<std::string> systems;  ///< sorted
  std::vector<std::string> sources;  ///< addresses, sorted
  std::size_t queues = 0;            ///< different queues, counted per source
  std::size_t failed = 0;            ///< failed or dead
  std::size_t unfinished = 0;        ///< not finished by the time of the answer
  std::size_t without_times = 0;
  std::size_t spans = 0;            ///< of jobs and without a job
  std::size_t failed_spans = 0;     ///< that say they ended in an error
  std::size_t spans_not_found = 0;  ///< jobs with TraceNode::span_not_found
  std::vector<Untrusted> services;  ///< of the spans, sorted
  Milliseconds held{};
  Milliseconds waiting{};
  Milliseconds running{};
};

struct TraceTree {
  std::vector<TraceNode> nodes;  ///< depth first: parents before children, children by creation, then ref
  Timestamp now;
  std::optional<Timestamp> first;  ///< of all segments
  std::optional<Timestamp> last;   ///< likewise; of jobs that are still held only the beginning counts
  TraceTotals totals;
  /// The chain of jobs that ends last, first job first: each the one the next was made by, or waited for longest. Spans
  /// without a job are passed over.
  std::vector<std::size_t> critical_path;
  std::vector<CriticalStretch> critical_stretches;
};

/// Hides every node deeper than `depth` (0: top level only). Totals and critical path stay those of the whole.
void hide_below(TraceTree& tree, std::size_t depth);

/// What the critical path consists of, by kind and queue, longest first.
struct CriticalShare {
  std::optional<std::size_t> node;  ///< a job whose queue it is; absent: between jobs
  TraceSegment::Kind kind = TraceSegment::Kind::unknown;
  std::chrono::microseconds length{};
};
/// Running is one share over all queues; waiting and held time are one share per queue.
std::vector<CriticalShare> critical_shares(const TraceTree& tree);

}  // namespace queuetrace

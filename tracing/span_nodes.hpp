// The spans of a trace beside its jobs: which of them is a node of its own, below what, and what they tell of the jobs.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/trace_tree.hpp"
#include "tracing/span_join.hpp"
#include "tracing/trace_link_finder.hpp"

namespace queuetrace {

/// Numbers nodes as the tree's builder does: the jobs, then the spans that are nodes of their own. A job's only run is
/// no node of its own: it is TraceNode::span of the job.
class SpanNodes {
 public:
  /// `jobs`: in the order of their numbers. Spans that a store holds twice with the same facts count once.
  SpanNodes(const std::vector<Job>& jobs, ReadSpans&& read);

  /// How many nodes there are: jobs, and spans of their own.
  std::size_t size() const { return jobs_.size() + own_.size(); }
  /// The parents that spans have, and the spans in which jobs were made, where they are among the nodes; none is
  /// missing.
  std::vector<NamedParent> parents() const;
  /// Fills what these nodes have of spans: span, tie, attempt, the time of a job's maker, the segments of spans of
  /// their own, clocks that differ. `nodes` has size() entries or more; those of jobs have their segments.
  void fill(std::vector<TraceNode>& nodes) const;
  /// The job as its span tells of it: the times that its row does not have.
  Job with_span_times(std::size_t job) const;
  /// When the node begins, for its place among others: of a job without a time of its own its span's.
  std::optional<Timestamp> begin(std::size_t number) const;

 private:
  std::size_t node_of(std::size_t place) const { return node_of_[place]; }
  const Span* only_run(std::size_t job) const;
  std::optional<std::size_t> parent_of(std::size_t place) const;
  void fill_job(std::vector<TraceNode>& nodes, std::size_t job) const;
  void fill_span(std::vector<TraceNode>& nodes, std::size_t number) const;
  bool expects_span(const Job& job) const;

  const std::vector<Job>& jobs_;
  std::vector<Span> spans_;
  std::set<std::string> traces_;
  std::vector<SpansOfJob> joined_;                  ///< by job
  std::vector<std::size_t> node_of_;                ///< by place of the span
  std::vector<std::size_t> own_;                    ///< places of the spans that are nodes of their own, in time order
  std::vector<std::size_t> attempt_;                ///< by place; 0: none
  std::vector<std::optional<std::size_t>> job_of_;  ///< by place: the job whose try it is
  std::unordered_map<std::string, std::vector<std::size_t>> by_id_;
  std::set<std::pair<std::string, Untrusted>> with_runs_;  ///< jobs; one that is stored twice has its span once
};

}  // namespace queuetrace

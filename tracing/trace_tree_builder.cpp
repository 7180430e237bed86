#include "tracing/trace_tree_builder.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tracing/critical_path.hpp"
#include "tracing/span_nodes.hpp"
#include "tracing/trace_graph.hpp"
#include "tracing/trace_link_finder.hpp"
#include "tracing/trace_times.hpp"
#include "tracing/trace_totals.hpp"

namespace queuetrace {
namespace {

/// By creation (unknown last), then ref, then whatever tells two occurrences apart.
bool comes_before(const Job& left, const Job& right) {
  const Timestamp left_created = usable(left.created_at).value_or(infinite_future);
  const Timestamp right_created = usable(right.created_at).value_or(infinite_future);
  return std::tie(left_created, left.ref.source, left.ref.id, left.queue, left.state, left.started_at, left.attempts) <
         std::tie(right_created, right.ref.source, right.ref.id, right.queue, right.state, right.started_at,
                  right.attempts);
}

bool has_same_facts(const Job& left, const Job& right) {
  const auto facts = [](const Job& job) {
    return std::tie(job.ref.source, job.ref.id, job.queue, job.kind, job.state, job.native_state, job.attempts,
                    job.created_at, job.scheduled_at, job.started_at, job.finished_at, job.worker, job.error);
  };
  return facts(left) == facts(right);
}

void sort_and_merge(std::vector<Job>& jobs) {
  std::stable_sort(jobs.begin(), jobs.end(), comes_before);
  std::map<std::pair<std::string, Untrusted>, std::vector<std::size_t>> kept;
  std::vector<Job> merged;
  for (Job& job : jobs) {
    std::vector<std::size_t>& same = kept[{job.ref.source, job.ref.id}];
    if (std::any_of(same.begin(), same.end(), [&](std::size_t number) { return has_same_facts(merged[number], job); }))
      continue;
    same.push_back(merged.size());
    merged.push_back(std::move(job));
  }
  jobs = std::move(merged);
}

std::vector<Job> sorted(std::vector<Job> jobs) {
  sort_and_merge(jobs);
  return jobs;
}

/// Works on numbers of jobs in their sorted order, then of spans without a job, then of missing parents; puts them into
/// the tree's order at the end.
class Builder {
 public:
  Builder(std::vector<Job> jobs, ReadSpans spans, Timestamp now)
      : jobs_(sorted(std::move(jobs))), spans_(jobs_, std::move(spans)) {
    tree_.now = now;
    nodes_.resize(spans_.size());
    for (const NamedParent& parent : named_parents(jobs_))
      parent.parent ? add_link(parent) : missing_.push_back(parent);
    for (const NamedParent& parent : spans_.parents()) add_link(parent);
    cut_cycles(nodes_.size(), links_);
    mark_implied(nodes_.size(), links_);
    choose_parents();
    add_missing_parents();
    tie_top_level();
    mark_occurrences();
  }

  TraceTree build() {
    measure();
    put_in_order();
    return std::move(tree_);
  }

 private:
  void add_link(const NamedParent& named) {
    if (!linked_.emplace(named.child, *named.parent).second) return;
    links_.push_back({named.child, *named.parent, named.edge == TraceEdge::dependency});
    edges_.push_back(named.edge);
  }

  /// Whether `left` is the better parent: the more telling fact, then the one that finished later.
  bool is_better(std::size_t left, std::size_t right) const {
    if (edges_[left] != edges_[right]) return edges_[left] < edges_[right];
    const auto finished = [this](std::size_t link) {
      const std::size_t parent = links_[link].parent;  // a span says more exactly than a job where one was made
      return parent < jobs_.size() ? usable(jobs_[parent].finished_at).value_or(infinite_past) : infinite_future;
    };
    return finished(left) > finished(right);
  }

  void choose_parents() {
    std::vector<std::optional<std::size_t>> chosen(nodes_.size());
    for (std::size_t link = 0; link < links_.size(); ++link) {
      if (links_[link].cut || links_[link].implied) continue;
      std::optional<std::size_t>& best = chosen[links_[link].child];
      if (!best || is_better(link, *best)) best = link;
    }
    for (std::size_t link = 0; link < links_.size(); ++link) {
      const GraphLink& graph = links_[link];
      TraceNode& child = nodes_[graph.child];
      if (chosen[graph.child] == link) {
        child.parent = graph.parent;
        child.edge = edges_[link];
      } else {
        const TraceLink::Use use = graph.cut       ? TraceLink::Use::cut
                                   : graph.implied ? TraceLink::Use::implied
                                                   : TraceLink::Use::further;
        child.links.push_back({graph.parent, edges_[link], use});
      }
    }
  }

  void add_missing_parents() {
    std::map<std::pair<std::string, Untrusted>, std::size_t> placeholders;
    for (const NamedParent& named : missing_) {
      if (nodes_[named.child].parent) {
        nodes_[named.child].not_found.push_back(named.missing);
        continue;
      }
      const std::string& source = jobs_[named.child].ref.source;
      const auto [place, fresh] = placeholders.try_emplace({source, named.missing}, nodes_.size());
      if (fresh) nodes_.emplace_back().missing = {source, named.missing};
      nodes_[named.child].parent = place->second;
      nodes_[named.child].edge = named.edge;
    }
  }

  std::size_t top_of(std::size_t number) const {
    while (nodes_[number].parent) number = *nodes_[number].parent;
    return number;
  }

  void tie_top_level() {
    std::vector<std::size_t> tops(jobs_.size());
    for (std::size_t number = 0; number < jobs_.size(); ++number) tops[number] = top_of(number);
    const std::vector<TraceEdge> ties = shared_ties(jobs_, tops);
    for (std::size_t number = 0; number < jobs_.size(); ++number)
      if (!nodes_[number].parent) nodes_[number].edge = ties[number];
  }

  void mark_occurrences() {
    std::map<std::pair<std::string, Untrusted>, std::vector<std::size_t>> same;
    for (std::size_t number = 0; number < jobs_.size(); ++number)
      same[{jobs_[number].ref.source, jobs_[number].ref.id}].push_back(number);
    for (const auto& [ref, numbers] : same)
      for (std::size_t position = 0; position < numbers.size(); ++position) {
        nodes_[numbers[position]].occurrence = position + 1;
        nodes_[numbers[position]].occurrences = numbers.size();
      }
  }

  std::vector<Dependencies> dependencies() const {
    std::vector<Dependencies> of_jobs(jobs_.size());
    for (const GraphLink& link : links_) {
      if (!link.dependency || link.cut) continue;
      const Job& parent = jobs_[link.parent];
      const std::optional<Timestamp> finished = usable(parent.finished_at);
      Dependencies& of_child = of_jobs[link.child];
      if (!is_finished(parent.state) || !finished)
        of_child.open = true;
      else
        of_child.released = std::max(of_child.released.value_or(*finished), *finished);
    }
    for (Dependencies& one : of_jobs)
      if (one.open) one.released.reset();
    return of_jobs;
  }

  void measure() {
    const std::vector<Dependencies> of_jobs = dependencies();
    for (std::size_t number = 0; number < jobs_.size(); ++number) {
      TraceNode& node = nodes_[number];
      node.segments = job_segments(spans_.with_span_times(number), tree_.now, of_jobs[number]);
      const bool made_by = node.edge == TraceEdge::parent_job || node.edge == TraceEdge::parent_span ||
                           node.edge == TraceEdge::causation;
      if (!node.parent || *node.parent >= jobs_.size() || !made_by) continue;
      const std::optional<Timestamp> own = usable(jobs_[number].created_at);
      const std::optional<Timestamp> parents = usable(jobs_[*node.parent].created_at);
      if (own && parents && *parents - *own > Milliseconds(1))
        node.skew = std::chrono::duration_cast<Milliseconds>(*parents - *own);
    }
    spans_.fill(nodes_);
  }

  /// Jobs and spans by when they begin, as far as that is known; jobs among themselves as they are sorted.
  std::vector<std::size_t> by_begin() const {
    std::vector<std::size_t> numbers(spans_.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    std::ranges::stable_sort(numbers, {},
                             [this](std::size_t number) { return spans_.begin(number).value_or(infinite_future); });
    return numbers;
  }

  /// Children of each number and the top level, in order; a missing parent stands where its first child would.
  void put_in_order() {
    std::vector<std::vector<std::size_t>> children(nodes_.size());
    std::vector<std::size_t> top;
    std::vector<bool> placed(nodes_.size(), false);
    for (const std::size_t number : by_begin()) {
      const std::optional<std::size_t> parent = nodes_[number].parent;
      if (parent) children[*parent].push_back(number);
      const std::size_t above = parent && *parent >= spans_.size() ? *parent : number;
      if (nodes_[above].parent || placed[above]) continue;
      placed[above] = true;
      top.push_back(above);
    }
    std::vector<std::size_t> order;
    std::vector<std::size_t> stack(top.rbegin(), top.rend());
    while (!stack.empty()) {
      const std::size_t number = stack.back();
      stack.pop_back();
      order.push_back(number);
      stack.insert(stack.end(), children[number].rbegin(), children[number].rend());
    }
    std::vector<std::size_t> position(nodes_.size());
    for (std::size_t at = 0; at < order.size(); ++at) position[order[at]] = at;
    for (const std::size_t number : order) {
      TraceNode& node = tree_.nodes.emplace_back(std::move(nodes_[number]));
      if (number < jobs_.size()) node.job = std::move(jobs_[number]);
      if (node.parent) {
        node.parent = position[*node.parent];
        node.depth = tree_.nodes[*node.parent].depth + 1;
      }
      for (TraceLink& link : node.links) link.parent = position[link.parent];
      if (node.maker) node.maker = position[*node.maker];
    }
  }

  std::vector<Job> jobs_;
  SpanNodes spans_;
  std::vector<TraceNode> nodes_;  ///< a job, a span or a missing parent each; TraceNode::job is filled in at the end
  std::set<std::pair<std::size_t, std::size_t>> linked_;  ///< child and parent of links_
  std::vector<GraphLink> links_;
  std::vector<TraceEdge> edges_;  ///< of links_
  std::vector<NamedParent> missing_;
  TraceTree tree_;
};

}  // namespace

TraceTree build_trace_tree(std::vector<Job> jobs, Timestamp now, ReadSpans spans) {
  TraceTree tree = Builder(std::move(jobs), std::move(spans), now).build();
  sum_up(tree);
  mark_critical_path(tree);
  return tree;
}

}  // namespace queuetrace

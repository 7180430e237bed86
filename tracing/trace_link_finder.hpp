// Which jobs of a trace refer to each other, and by which fact.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

/// One parent that a job names, found or not.
struct NamedParent {
  std::size_t child = 0;
  std::optional<std::size_t> parent;  ///< absent: not among the jobs
  Untrusted missing;                  ///< the id named, when absent
  TraceEdge edge = TraceEdge::none;
};

/// Every parent that the jobs name, child by child, the strongest fact first; one entry per pair. Ids are
/// looked up in the job's own store first, and in others only when they are long enough (16 bytes) not to be the same
/// by chance. A span counts as a job's own only when no other job carries it and the job does not name it as its parent
/// too (Hammerwork copies the maker's span). A parent_span_id that is neither a span nor a job here is a missing job
/// when it is a UUID (docs/systems/hammerwork.md section 7), and nothing otherwise: the span of another process.
std::vector<NamedParent> named_parents(const std::vector<Job>& jobs);

/// What ties each job to others: same trace, correlation, workflow or batch as a job with another number in `group`.
/// `none` where nothing does.
std::vector<TraceEdge> shared_ties(const std::vector<Job>& jobs, const std::vector<std::size_t>& group);

}  // namespace queuetrace

// What a trace was waiting for, from its end backwards.
#pragma once

#include "model/trace_tree.hpp"

namespace queuetrace {

/// Fills TraceTree::critical_path, critical_stretches and TraceNode::critical from nodes with their segments: from the
/// job that ends last (one that is still held only when there is no other) to the dependency that finished last, else
/// to its parent, up to the top. A job that depends on another counts from when that one finished; a job made by
/// another counts from its creation.
void mark_critical_path(TraceTree& tree);

}  // namespace queuetrace

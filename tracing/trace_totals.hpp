// The sums over a trace: how many jobs and spans, from where, and how long they took together.
#pragma once

#include "model/trace_tree.hpp"

namespace queuetrace {

/// Fills TraceTree::totals, first and last from the nodes with their segments.
void sum_up(TraceTree& tree);

}  // namespace queuetrace

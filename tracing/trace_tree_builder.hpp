// From the jobs of a trace, in any order and from any number of stores, to one tree.
#pragma once

#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

/// The tree of these jobs. The same jobs give the same tree whatever their order. A job that occurs twice with the same
/// facts becomes one node; with different facts each occurrence is a node, marked. Of several parents the tree shows
/// the one with the strongest tie; among dependencies the one that finished last. Parents that are not among the jobs
/// become nodes without a job where nothing better is known. Links that would close a cycle are cut and kept as such.
/// Cost: jobs² / 8 bytes of memory and time linear in jobs and links, at most for 10,000 jobs.
TraceTree build_trace_tree(std::vector<Job> jobs, Timestamp now);

}  // namespace queuetrace

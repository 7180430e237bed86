// From the jobs of a trace, in any order and from any number of stores, and its spans to one tree.
#pragma once

#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

/// The tree of these jobs. The same jobs give the same tree whatever their order. A job that occurs twice with the same
/// facts becomes one node; with different facts each occurrence is a node, marked. Of several parents the tree shows
/// the one with the strongest tie; among dependencies the one that finished last. Parents that are not among the jobs
/// become nodes without a job where nothing better is known. Links that would close a cycle are cut and kept as such.
/// A span is part of its job's node where it is the job's only run (tracing/span_join.hpp), else a node below the span
/// that it names, or below its job as one of several tries; a job stands below the span that made it where no stronger
/// tie is known, and has its span's times where its row has none. Cost: time linear in nodes and links; memory of jobs
/// with dependencies times nodes, / 8 bytes; at most for 10,000 jobs and as many spans.
TraceTree build_trace_tree(std::vector<Job> jobs, Timestamp now, ReadSpans spans = {});

}  // namespace queuetrace

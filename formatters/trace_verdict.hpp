// What went wrong in a trace, and what is still to come: the first thing to read.
#pragma once

#include <string>
#include <vector>

#include "formatters/redaction.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// One job that is not simply done, as printable text.
struct VerdictLine {
  std::string state;
  std::string id;   ///< as much of it as tells it from the others of the trace
  std::string job;  ///< queue and kind
  std::string why;  ///< its error, when it is due, what it waits for; empty when nothing is known
};

/// Jobs that are dead, failed, retrying, blocked or stale in this order, each in the order of the tree; then spans
/// without a job that ended in an error.
std::vector<VerdictLine> trace_verdict(const TraceTree& tree, const std::vector<std::string>& ids,
                                       const Redaction& redaction);

/// For each node the id that is shown: of its job, of a span without one, or of the parent that was not found. `whole`:
/// not shortened.
std::vector<std::string> shown_ids(const TraceTree& tree, bool whole);

/// `11 jobs in 31m: 1 dead, 4 not finished`; with spans `11 jobs and 42 spans in 31m: ...`
std::string verdict_words(const TraceTree& tree);

/// When the job began to run, counted from the first moment of the trace: `+502ms`, `+38.0s`, `+7m`; `-` for one that
/// has not, `?` where that is not recorded.
std::string start_words(const TraceTree& tree, const TraceNode& node);

}  // namespace queuetrace

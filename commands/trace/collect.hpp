// Every job of a trace from all stores: from the jobs that were asked for, round by round, to those they point to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// Where to start.
struct TraceStart {
  std::optional<TraceQuery> trace;            ///< every store that answered was asked for it
  std::optional<std::string> correlation_id;  ///< likewise
  std::vector<Job> jobs;                      ///< found so far
  std::vector<SourceOutcome> outcomes;        ///< of looking for them; a store that failed is not asked again
  std::vector<std::string> warnings;
};

struct CollectBounds {
  std::size_t jobs = 1'000;
  std::size_t rounds = 16;  ///< each goes one link further
  ReadLimits limits;
};

struct CollectedTrace {
  std::vector<Job> jobs;  ///< in no particular order; the same ref twice only when one answer held it twice
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
  std::optional<std::string> truncated;  ///< why jobs may be missing although every source answered
};

/// Asks all stores side by side, one thread a source. Followed are: the trace id (not placeholders, and not numbers,
/// which are process-local: docs/systems/rustok-outbox.md section 7), correlation id, workflow and batch of every job
/// found; the parents it names (dependencies, causation, parent_span_id, as a job's id when it is a UUID and as a span
/// otherwise); and its children (jobs that name it or its span). Ids shorter than 16 bytes are asked for in the job's
/// own store only; stores that must scan to find a trace are asked for links of their own jobs only, and for all of a
/// round in one walk where they can (Capabilities::one_walk). A store that fails is not asked again; what it answered
/// before is kept. Payloads are read for the step numbers in Job::extra; drop them if unwanted.
CollectedTrace collect_trace(std::vector<OpenedSource>& sources, const TraceStart& start, const CollectBounds& bounds);

}  // namespace queuetrace

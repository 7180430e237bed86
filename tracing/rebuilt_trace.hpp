// A trace as spans, rebuilt from the rows of its jobs, for span stores that never had it or no longer have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/trace_tree.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {

/// Another span that a span points to.
struct RebuiltLink {
  TraceNumber trace;
  std::uint64_t span = 0;
  std::string why;  ///< `dependency`, `original`, ...: its only attribute
};

struct RebuiltSpan {
  enum class Kind { internal, producer, consumer };

  TraceNumber trace;
  std::uint64_t id = 0;
  std::optional<std::uint64_t> parent;  ///< a span of the same trace
  std::string name;                     ///< holds the name of a queue: data
  std::string service;
  Kind kind = Kind::internal;
  Timestamp begin, end;  ///< not before 1970, and end not before begin
  Fields attributes;
  bool failed = false;
  std::optional<Untrusted> failure;  ///< what the job says about its error
  std::vector<RebuiltLink> links;
};

struct RebuiltTrace {
  TraceNumber id;
  std::optional<TraceNumber> original;  ///< of which `id` is a copy under a fresh id
  std::size_t jobs = 0;
  std::vector<RebuiltSpan> spans;  ///< in the order of the tree, a job's own before those below it
};

struct RebuiltTraces {
  std::vector<RebuiltTrace> traces;    ///< one for each trace id of the jobs, in the order of the tree
  std::size_t jobs_without_times = 0;  ///< of which no span can be made
};

/// One CONSUMER span a job, with an INTERNAL one for each time it was held, waited and ran; and a PRODUCER span in the
/// job that made it, where that is known. Ids are those that the jobs store, else hashes of their references, so that
/// the same jobs give the same spans. A job without an id of a trace belongs to that of the job above it, else to the
/// first of the tree; an id that is no number (or a number of the application's own making) becomes its hash. Zero is
/// never an id. Jobs that go on end now and say so. Payloads and results are never read. Cost: linear in nodes.
RebuiltTraces rebuild_traces(const TraceTree& tree);

/// Gives each trace a random id and its topmost spans a link to the same span under the old one.
void give_fresh_ids(RebuiltTraces& rebuilt);

}  // namespace queuetrace

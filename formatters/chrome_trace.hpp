// -o chrome: trace-event JSON, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// One process a source, one thread a lane: jobs of a queue share a lane until they overlap; processes and
/// lanes are sorted as the tree shows them first. A slice a job with its
/// segments inside it, and an arrow for each link. Timestamps are microseconds since 1970. Jobs without times are
/// instants at the beginning. No payloads.
std::string chrome_trace_json(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction);

}  // namespace queuetrace

// Rebuilt traces on their way to a span store: looked for there first, then sent in pieces.
#pragma once

#include <cstddef>

#include "commands/context.hpp"
#include "tracing/rebuilt_trace.hpp"
#include "tracing/span_endpoint.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

/// Asks whether any of these traces is in the store already: Zipkin at the endpoint itself, else the API of the viewer.
/// Throws Error: refused where one is, and what keeps the question from being answered (unreachable, timed_out,
/// authentication; usage for a viewer that cannot be asked), with the way out as hint. Blocks for 10 s at most.
void check_not_there(const RebuiltTraces& rebuilt, const SpanEndpoint& endpoint, const Viewer& viewer,
                     const Context& context);

struct SentSpans {
  std::size_t spans = 0;
  std::size_t requests = 0;
};

/// Sends the spans of one trace, packed, in requests below the size that stores refuse; each is tried once and may take
/// 10 s. Throws Error where one fails: authentication (401, 403), unreachable or timed_out (no answer), internal (any
/// other answer, spans that were rejected).
SentSpans send_spans(const RebuiltTrace& trace, const SpanEndpoint& endpoint, const Context& context);

}  // namespace queuetrace

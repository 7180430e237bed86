// Whether a span store has a trace already: sent twice, its spans would be there twice.
#pragma once

#include <string>

#include "tracing/span_store/http_get.hpp"
#include "tracing/span_store/settings.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {

enum class Presence { there, not_there, unknown };

struct PresenceAnswer {
  Presence presence = Presence::unknown;
  std::string problem;    ///< why it is unknown: printable, our own words
  bool answered = false;  ///< unknown although the server answered
};

/// Asks for the trace by its id: Jaeger by its first query API, then by /api/v3 where it does not have that; Zipkin.
/// Only answers that are recognised as that store's count: another server's 404 is `unknown`. So is every trace in
/// Tempo, whose 404 is like any other. Reads at most `bounds.bytes` an answer and blocks until its deadline at most.
/// Never throws.
PresenceAnswer trace_presence(const SpanStoreSettings& store, TraceNumber trace, const HttpBounds& bounds);

}  // namespace queuetrace

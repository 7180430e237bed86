// A trace's spans from Jaeger, Zipkin or Tempo.
#pragma once

#include <string>
#include <vector>

#include "model/span.hpp"
#include "tracing/span_store/http_get.hpp"
#include "tracing/span_store/settings.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {

/// What a store said. Everything in it is of the store's making but `problem`, which is printable once escaped.
struct SpanAnswer {
  enum class Outcome { found, not_found, failed };
  Outcome outcome = Outcome::failed;
  std::vector<Span> spans;
  std::string problem;                      ///< why it failed: `it answered 500`
  ErrorKind kind = ErrorKind::unreachable;  ///< of the problem
  std::string incomplete;  ///< why spans may be missing although some were found; empty: none are known to be
};

/// The spans of one trace: `/api/traces/ID`, then `/api/v3/traces/ID` of Jaeger; `/api/v2/trace/ID` of Zipkin;
/// `/api/traces/ID`, then `/api/v2/traces/ID` of Tempo. One or two requests within the bounds; 10,000 spans at most.
/// Never throws.
SpanAnswer read_spans(const SpanStoreSettings& store, TraceNumber trace, const HttpBounds& bounds);

/// What a status that is neither 200 nor 404 means, for people, and which kind of error it is.
std::string status_problem(long status);
ErrorKind status_kind(long status);

}  // namespace queuetrace

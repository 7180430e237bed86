// Whether a span store has a trace already: sent twice, its spans would be there twice.
#pragma once

#include <string>
#include <vector>

#include "tracing/span_store/http_get.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {

/// Where to ask.
struct PresenceQuestion {
  enum class Store { jaeger, zipkin };
  Store store = Store::jaeger;
  std::string base;  ///< base URL of its API, without a slash at the end; checked (tracing/url.hpp)
  std::vector<Secret> headers;
};

enum class Presence { there, not_there, unknown };

struct PresenceAnswer {
  Presence presence = Presence::unknown;
  std::string problem;    ///< why it is unknown: printable, our own words
  bool answered = false;  ///< unknown although the server answered
};

/// Asks for the trace by its id. Only answers that are recognised as that store's count: another server's 404 is
/// `unknown`. Reads at most `bounds.bytes` and blocks until its deadline at most. Never throws.
PresenceAnswer trace_presence(const PresenceQuestion& question, TraceNumber trace, const HttpBounds& bounds);

}  // namespace queuetrace

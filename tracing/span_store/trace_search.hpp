// The viewer's own search: traces by attributes of their spans.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "model/span.hpp"
#include "tracing/span_store/http_get.hpp"
#include "tracing/span_store/settings.hpp"

namespace queuetrace {

/// One span of a trace has all the tags, with exactly these values.
struct TraceSearch {
  std::vector<std::pair<std::string, std::string>> tags;
  std::string service;  ///< empty: any
  Timestamp since;
  Timestamp until;
  std::size_t limit = 20;  ///< traces, at least 1
};

/// A trace that was found, as much as the store tells of it.
struct FoundTrace {
  std::string id;  ///< 32 lower-case hex digits
  Untrusted name;  ///< of its root, or of its first span
  Untrusted service;
  std::optional<Timestamp> begin;
  std::optional<Milliseconds> length;
  std::optional<std::size_t> spans;
  std::optional<std::size_t> errors;  ///< spans that say so
};

struct SearchAnswer {
  std::vector<FoundTrace> traces;  ///< newest first
  std::string problem;             ///< why it failed; empty: it did not
  ErrorKind kind = ErrorKind::unreachable;
  bool more = false;       ///< as many were found as were asked for: there may be more
  std::string incomplete;  ///< why traces may be missing before that; empty: none are known to be
};

/// Asks the store. Jaeger: its first API, service by service where none is named (16 at most), and its third where the
/// first is gone; that one does not look at tags, so what it answers is searched here. Zipkin: by annotationQuery.
/// Tempo: by TraceQL, in which numbers and flags are looked for as text and as what they are. Values are quoted for the
/// language they get into. Zipkin has no quoting: a tag with ` and ` in it is refused. Never throws.
SearchAnswer search_traces(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds);

/// The traces that these spans belong to, newest first: what a store says that answers with spans.
std::vector<FoundTrace> traces_of(const std::vector<Span>& spans);
/// `{"traces":[{"traceID":...}]}`, Tempo's answer to a search, newest first; entries that are no traces are left out.
std::vector<FoundTrace> tempo_traces(const nlohmann::json& document);

}  // namespace queuetrace

// Where rebuilt spans are sent: an address as typed, and what the environment says about sending.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tracing/child_process.hpp"
#include "tracing/http_post.hpp"
#include "tracing/span_document.hpp"

namespace queuetrace {

struct SpanEndpoint {
  SpanEncoding encoding = SpanEncoding::otlp;
  HttpPost post;       ///< packed
  std::string origin;  ///< scheme, host and port, for messages
  std::string base;    ///< without the path of spans and without a query: Zipkin answers questions there
};

/// Reads `typed`: the whole address of spans (`.../v1/traces`, `.../api/v2/spans`), or what stands before that. Zipkin
/// is meant by its path and its port 9411, else OTLP, unless `encoding` says so. Headers and certificates are those of
/// the OTEL_EXPORTER_OTLP_* variables; headers only where these name no endpoint or one of the same scheme, host and
/// port, for they may hold a token. Throws Error{usage}; no I/O.
SpanEndpoint read_span_endpoint(std::string_view typed, std::optional<SpanEncoding> encoding,
                                const Environment& environment);

}  // namespace queuetrace

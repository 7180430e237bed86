#include "commands/trace/send_spans.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "commands/program/facts.hpp"
#include "commands/trace/spans.hpp"
#include "model/error.hpp"
#include "tracing/gzip.hpp"
#include "tracing/otlp_json.hpp"
#include "tracing/span_document.hpp"
#include "tracing/trace_presence.hpp"

namespace queuetrace {
namespace {

constexpr auto longest_look = std::chrono::seconds(10);
constexpr const char* way_out = "--fresh-id writes the spans under an ID of their own, with a link to this one";

ErrorKind kind_of(const std::string& problem) {
  return problem.find("in time") == std::string::npos ? ErrorKind::unreachable : ErrorKind::timed_out;
}

/// Where to ask whether traces are there. Throws Error{usage} where nobody can be asked.
SpanStoreSettings store_to_ask(const SpanEndpoint& endpoint, const Viewer& viewer, const Context& context) {
  if (endpoint.encoding == SpanEncoding::zipkin)
    return {viewer.name(), SpanApi::zipkin, endpoint.base, endpoint.origin, endpoint.post.headers};
  SpanStoreChoice choice = span_store_of(viewer, context);
  if (choice.settings && choice.settings->api != SpanApi::tempo) return std::move(*choice.settings);
  throw Error(ErrorKind::usage, "viewer '" + viewer.name() +
                                    "' cannot be asked whether it has the trace already, and spans sent twice are "
                                    "there twice")
      .with_hint("name a viewer of the preset jaeger or zipkin with --viewer; or " + std::string(way_out));
}

/// The first line of what a server says, for Error::because().
Untrusted first_words(const std::string& answer) {
  constexpr std::size_t most = 300;
  return Untrusted(answer.substr(0, std::min(answer.find('\n'), most)));
}

[[noreturn]] void fail(const SpanEndpoint& endpoint, const HttpPosted& posted, const SentSpans& before) {
  std::string hint;
  if (before.spans > 0)
    hint = std::to_string(before.spans) +
           " spans of it were sent before; --fresh-id writes the whole trace again under an ID of its own";
  const std::string start = "cannot send spans to " + endpoint.origin + ": ";
  if (!posted.problem.empty()) throw Error(kind_of(posted.problem), start + posted.problem).with_hint(hint);
  const bool denied = posted.status == 401 || posted.status == 403;
  if (denied && hint.empty()) hint = "OTEL_EXPORTER_OTLP_HEADERS holds the headers to send, such as a token";
  throw Error(denied ? ErrorKind::authentication : ErrorKind::internal,
              start + "it answered " + std::to_string(posted.status))
      .because(first_words(posted.answer))
      .with_hint(hint);
}

}  // namespace

void check_not_there(const RebuiltTraces& rebuilt, const SpanEndpoint& endpoint, const Viewer& viewer,
                     const Context& context) {
  const SpanStoreSettings store = store_to_ask(endpoint, viewer, context);
  const HttpBounds bounds{.deadline = std::chrono::steady_clock::now() + longest_look, .stop = context.limits.stop};
  for (const RebuiltTrace& trace : rebuilt.traces) {
    const PresenceAnswer answer = trace_presence(store, trace.id, bounds);
    if (answer.presence == Presence::not_there) continue;
    if (answer.presence == Presence::there)
      throw Error(ErrorKind::refused, "trace " + hex32(trace.id) + " is in " + store.base +
                                          " already, and its spans would be there twice; nothing was sent")
          .with_hint(way_out);
    throw Error(answer.answered ? ErrorKind::internal : kind_of(answer.problem),
                "cannot tell whether trace " + hex32(trace.id) + " is in " + store.base +
                    " already: " + answer.problem + "; nothing was sent")
        .with_hint("name the viewer that would show it with --viewer; or " + std::string(way_out));
  }
}

SentSpans send_spans(const RebuiltTrace& trace, const SpanEndpoint& endpoint, const Context& context) {
  SentSpans sent;
  write_span_documents(trace.spans, endpoint.encoding, program_version(), [&](const SpanDocument& document) {
    if (context.limits.stop.stop_requested()) return false;
    const HttpPosted posted = http_post(endpoint.post, gzipped(document.text));
    if (!posted.problem.empty() || posted.status < 200 || posted.status >= 300) fail(endpoint, posted, sent);
    if (endpoint.encoding == SpanEncoding::otlp && rejects_spans(posted.answer))
      throw Error(ErrorKind::internal, endpoint.origin + " took the request and rejected spans of it")
          .because(first_words(posted.answer));
    sent.spans += document.spans;
    ++sent.requests;
    return true;
  });
  return sent;
}

}  // namespace queuetrace

#include "tracing/span_store/span_store.hpp"

#include <nlohmann/json.hpp>

#include "model/count_words.hpp"
#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"

namespace queuetrace {
namespace {

using Outcome = SpanAnswer::Outcome;
using Parse = ParsedSpans (*)(const nlohmann::json&);

SpanAnswer failed(std::string problem, ErrorKind kind = ErrorKind::unreachable) {
  SpanAnswer answer;
  answer.problem = std::move(problem);
  answer.kind = kind;
  return answer;
}

/// One way to ask for a trace. `misses`: the answer may be that of a server without this API: 404, or a page.
struct Attempt {
  SpanAnswer answer;
  bool misses = false;
};

Attempt ask(const SpanStoreSettings& store, const std::string& path, Parse parse, const HttpBounds& bounds) {
  const HttpAnswer http = http_get(store.base + path, store.headers, bounds);
  if (!http.problem.empty()) return {failed(http.problem, http.kind)};
  if (http.status == 404 || http.status == 405 || http.status == 501) {
    Attempt attempt{{}, true};
    attempt.answer.outcome = Outcome::not_found;
    return attempt;
  }
  if (http.status != 200) return {failed(status_problem(http.status), status_kind(http.status))};
  const std::optional<nlohmann::json> document = bounded_json(http.body);
  ParsedSpans parsed = document ? parse(*document) : ParsedSpans();
  if (!parsed.recognised)
    return {failed(document ? "its answer is not one of this API" : "its answer is not JSON that can be read"), true};
  SpanAnswer answer;
  answer.outcome = parsed.spans.empty() ? Outcome::not_found : Outcome::found;
  if (parsed.spans.empty() && parsed.unreadable > 0) return {failed("its answer holds no span that can be read")};
  answer.spans = std::move(parsed.spans);
  if (parsed.cut)
    answer.incomplete = "only its first " + count_words(ParsedSpans::most, "span") + " are read";
  else if (parsed.unreadable > 0)
    answer.incomplete = grouped(parsed.unreadable) + " of its entries cannot be read as spans";
  return {std::move(answer)};
}

/// The second way where the server does not have the first.
SpanAnswer ask_both(const SpanStoreSettings& store, const std::string& first, Parse parse_first,
                    const std::string& second, Parse parse_second, const HttpBounds& bounds) {
  Attempt attempt = ask(store, first, parse_first, bounds);
  if (!attempt.misses) return std::move(attempt.answer);
  Attempt other = ask(store, second, parse_second, bounds);
  // What the first said stands where the second is not there.
  return other.misses ? std::move(attempt.answer) : std::move(other.answer);
}

}  // namespace

std::string status_problem(long status) {
  std::string text = "it answered " + std::to_string(status);
  if (status == 401 || status == 403) text += ": set spans_token or spans_headers of the viewer";
  if (status == 400) text += ": it does not take the question";
  return text;
}

ErrorKind status_kind(long status) {
  return status == 401 || status == 403 ? ErrorKind::authentication : ErrorKind::unreachable;
}

SpanAnswer read_spans(const SpanStoreSettings& store, TraceNumber trace, const HttpBounds& bounds) {
  try {
    switch (store.api) {
      case SpanApi::jaeger:
        return ask_both(store, "/api/traces/" + hex_jaeger(trace), jaeger_spans, "/api/v3/traces/" + hex_jaeger(trace),
                        otlp_spans, bounds);
      case SpanApi::zipkin: return ask(store, "/api/v2/trace/" + hex_jaeger(trace), zipkin_spans, bounds).answer;
      case SpanApi::tempo:
        return ask_both(store, "/api/traces/" + hex32(trace), otlp_spans, "/api/v2/traces/" + hex32(trace), otlp_spans,
                        bounds);
    }
  } catch (const std::exception&) {
    return failed("its answer cannot be kept");  // out of memory
  }
  return failed("its API is not known");
}

}  // namespace queuetrace

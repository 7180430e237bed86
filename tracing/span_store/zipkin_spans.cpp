// Spans as Zipkin's second API writes them.
#include <nlohmann/json.hpp>

#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

Span::Kind zipkin_kind(const std::string& word) {
  if (word == "SERVER") return Span::Kind::server;
  if (word == "CLIENT") return Span::Kind::client;
  if (word == "PRODUCER") return Span::Kind::producer;
  if (word == "CONSUMER") return Span::Kind::consumer;
  return Span::Kind::unspecified;
}

void read_span(const Json& entry, ParsedSpans& parsed) {
  Span span;
  span.trace = trace_id_of(text_member(entry, "traceId"));
  span.id = span_id_of(text_member(entry, "id"));
  if (span.id.empty() || span.trace.empty()) {
    ++parsed.unreadable;
    return;
  }
  span.parent = span_id_of(text_member(entry, "parentId"));
  span.kind = zipkin_kind(text_member(entry, "kind"));
  const Json* endpoint = member(entry, "localEndpoint");
  set_names(span, text_member(entry, "name"),
            endpoint == nullptr ? std::string() : text_member(*endpoint, "serviceName"));
  set_times(span, number_member(entry, "timestamp"), number_member(entry, "duration"));
  if (const Json* tags = member(entry, "tags"); tags != nullptr && tags->is_object())
    for (const auto& [name, value] : tags->items()) {
      const std::string text = value_text(value);
      add_attribute(span, name, text);
      if (name != "error" || text == "false") continue;
      span.status = Span::Status::error;
      if (text != "true") span.error = Untrusted(text);
    }
  complete_error(span);
  parsed.spans.push_back(std::move(span));
}

}  // namespace

ParsedSpans zipkin_spans(const Json& document) {
  ParsedSpans parsed;
  parsed.recognised = document.is_array();
  if (!parsed.recognised) return parsed;
  for (const Json& entry : document) {
    if (!entry.is_array()) {
      if (!parsed.has_room()) return parsed;
      read_span(entry, parsed);
      continue;
    }
    for (const Json& inner : entry) {
      if (!parsed.has_room()) return parsed;
      read_span(inner, parsed);
    }
  }
  return parsed;
}

}  // namespace queuetrace

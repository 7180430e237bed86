// Spans as Jaeger's first API writes them.
#include <nlohmann/json.hpp>

#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

Span::Kind jaeger_kind(std::string_view word) {
  for (const Span::Kind kind :
       {Span::Kind::internal, Span::Kind::server, Span::Kind::client, Span::Kind::producer, Span::Kind::consumer})
    if (to_word(kind) == word) return kind;
  return Span::Kind::unspecified;
}

/// Tags that say what other APIs have members for.
void read_tag(Span& span, const std::string& name, const Json& value) {
  const std::string text = value_text(value);
  if (name == "span.kind")
    span.kind = jaeger_kind(text);
  else if (name == "error")
    span.status = text == "false" ? span.status : Span::Status::error;
  else if (name == "otel.status_code")
    span.status = text == "ERROR" ? Span::Status::error : text == "OK" ? Span::Status::ok : span.status;
  else if (name == "otel.status_description")
    span.error = Untrusted(text);
  else
    add_attribute(span, name, text);
}

void read_tags(Span& span, const Json& owner) {
  for (const Json& tag : array_member(owner, "tags"))
    if (const Json* value = member(tag, "value")) read_tag(span, text_member(tag, "key"), *value);
}

void read_process(Span& span, const Json& process) {
  SharedAttributes shared(span);
  for (const Json& tag : array_member(process, "tags"))
    if (const Json* value = member(tag, "value")) shared.add(text_member(tag, "key"), value_text(*value));
}

/// CHILD_OF names the parent; without one, what it follows from does. All others are links.
void read_references(Span& span, const Json& entry) {
  std::string follows;
  for (const Json& reference : array_member(entry, "references")) {
    if (trace_id_of(text_member(reference, "traceID")) != span.trace) continue;
    const std::string id = span_id_of(text_member(reference, "spanID"));
    if (id.empty()) continue;
    if (span.parent.empty() && text_member(reference, "refType") == "CHILD_OF")
      span.parent = id;
    else
      span.links.push_back(id);
  }
  if (span.parent.empty() && !span.links.empty()) span.parent = span.links.front();
}

}  // namespace

ParsedSpans jaeger_spans(const Json& document) {
  ParsedSpans parsed;
  const Json* data = member(document, "data");
  parsed.recognised = data != nullptr && (data->is_array() || data->is_null());
  for (const Json& trace : array_member(document, "data")) {
    const Json* processes = member(trace, "processes");
    for (const Json& entry : array_member(trace, "spans")) {
      if (!parsed.has_room()) return parsed;
      Span span;
      span.trace = trace_id_of(text_member(entry, "traceID"));
      span.id = span_id_of(text_member(entry, "spanID"));
      if (span.id.empty() || span.trace.empty()) {
        ++parsed.unreadable;
        continue;
      }
      read_references(span, entry);
      set_times(span, number_member(entry, "startTime"), number_member(entry, "duration"));
      read_tags(span, entry);
      const Json* process = processes == nullptr ? nullptr : member(*processes, text_member(entry, "processID"));
      if (process == nullptr) process = member(entry, "process");
      set_names(span, text_member(entry, "operationName"),
                process == nullptr ? std::string() : text_member(*process, "serviceName"));
      if (process != nullptr) read_process(span, *process);
      complete_error(span);
      parsed.spans.push_back(std::move(span));
    }
  }
  return parsed;
}

}  // namespace queuetrace

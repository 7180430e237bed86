// Spans in OTLP's JSON, as Jaeger's third API and Tempo write them (docs/tracing.md section 3.6).
#include <nlohmann/json.hpp>

#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

/// Numbers, or names as protobuf writes enums.
Span::Kind otlp_kind(const Json& entry) {
  constexpr std::string_view prefix = "SPAN_KIND_";
  const std::string word = text_member(entry, "kind");
  if (const std::optional<std::int64_t> number = number_member(entry, "kind"))
    return *number >= 0 && *number <= 5 ? static_cast<Span::Kind>(*number) : Span::Kind::unspecified;
  if (!word.starts_with(prefix)) return Span::Kind::unspecified;
  const std::string_view name = std::string_view(word).substr(prefix.size());
  if (name == "INTERNAL") return Span::Kind::internal;
  if (name == "SERVER") return Span::Kind::server;
  if (name == "CLIENT") return Span::Kind::client;
  if (name == "PRODUCER") return Span::Kind::producer;
  if (name == "CONSUMER") return Span::Kind::consumer;
  return Span::Kind::unspecified;
}

void read_status(Span& span, const Json& entry) {
  const Json* status = member(entry, "status");
  if (status == nullptr) return;
  const std::string word = text_member(*status, "code");
  const std::int64_t code = number_member(*status, "code").value_or(0);
  if (code == 1 || word == "STATUS_CODE_OK") span.status = Span::Status::ok;
  if (code == 2 || word == "STATUS_CODE_ERROR") span.status = Span::Status::error;
  if (span.status == Span::Status::error) span.error = Untrusted(text_member(*status, "message"));
}

/// The one member of an AnyValue; lists and maps stay JSON.
std::string any_text(const Json& value) {
  if (!value.is_object() || value.empty()) return value_text(value);
  return value_text(value.begin().value());
}

void read_attributes(Span& span, const Json& entry) {
  for (const Json& attribute : array_member(entry, "attributes"))
    if (const Json* value = member(attribute, "value"))
      add_attribute(span, text_member(attribute, "key"), any_text(*value));
}

void read_resource(Span& span, const Json& resource) {
  SharedAttributes shared(span);
  for (const Json& attribute : array_member(resource, "attributes"))
    if (const Json* value = member(attribute, "value")) shared.add(text_member(attribute, "key"), any_text(*value));
}

std::string service_of(const Json& resource) {
  for (const Json& attribute : array_member(resource, "attributes"))
    if (const Json* value = member(attribute, "value"); text_member(attribute, "key") == "service.name")
      return value == nullptr ? std::string() : any_text(*value);
  return {};
}

/// Microseconds of a member of nanoseconds.
std::optional<std::int64_t> micros(const Json& entry, std::string_view name) {
  const std::optional<std::int64_t> nanoseconds = number_member(entry, name);
  return nanoseconds ? std::optional(*nanoseconds / 1000) : std::nullopt;
}

void read_span(const Json& entry, const Json& resource, const std::string& service, ParsedSpans& parsed) {
  Span span;
  span.trace = trace_id_of(text_member(entry, "traceId"));
  span.id = span_id_of(text_member(entry, "spanId"));
  if (span.id.empty() || span.trace.empty()) {
    ++parsed.unreadable;
    return;
  }
  span.parent = span_id_of(text_member(entry, "parentSpanId"));
  span.kind = otlp_kind(entry);
  set_names(span, text_member(entry, "name"), service);
  const std::optional<std::int64_t> begin = micros(entry, "startTimeUnixNano"), end = micros(entry, "endTimeUnixNano");
  const bool has_both = begin && end && *begin > 0;
  set_times(span, begin, has_both ? std::optional(*end - *begin) : std::nullopt);
  read_status(span, entry);
  read_attributes(span, entry);
  read_resource(span, resource);
  for (const Json& link : array_member(entry, "links"))
    if (trace_id_of(text_member(link, "traceId")) == span.trace)
      if (const std::string id = span_id_of(text_member(link, "spanId")); !id.empty()) span.links.push_back(id);
  complete_error(span);
  parsed.spans.push_back(std::move(span));
}

}  // namespace

ParsedSpans otlp_spans(const Json& document) {
  ParsedSpans parsed;
  const Json* root = &document;
  for (const std::string_view wrapper : {"result", "trace"})
    if (const Json* inner = member(document, wrapper); inner != nullptr && inner->is_object()) root = inner;
  const bool has_batches = member(*root, "batches") != nullptr;
  const Json& batches = array_member(*root, has_batches ? "batches" : "resourceSpans");
  parsed.recognised = root != &document || has_batches || member(*root, "resourceSpans") != nullptr;
  static const Json nothing = Json::object();
  for (const Json& batch : batches) {
    const Json* resource = member(batch, "resource");
    if (resource == nullptr) resource = &nothing;
    const std::string service = service_of(*resource);
    const bool is_old = member(batch, "scopeSpans") == nullptr;
    for (const Json& scope : array_member(batch, is_old ? "instrumentationLibrarySpans" : "scopeSpans"))
      for (const Json& entry : array_member(scope, "spans")) {
        if (!parsed.has_room()) return parsed;
        read_span(entry, *resource, service, parsed);
      }
  }
  return parsed;
}

}  // namespace queuetrace

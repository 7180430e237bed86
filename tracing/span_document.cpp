#include "tracing/span_document.hpp"

#include <algorithm>
#include <cstdint>

#include "tracing/otlp_json.hpp"

namespace queuetrace {
namespace {

int otlp_kind(RebuiltSpan::Kind kind) {
  switch (kind) {
    case RebuiltSpan::Kind::producer: return otlp_kind_producer;
    case RebuiltSpan::Kind::consumer: return otlp_kind_consumer;
    case RebuiltSpan::Kind::internal: break;
  }
  return otlp_kind_internal;
}

OtlpJson cut_text(const Untrusted& text) { return otlp_text(text.raw())["stringValue"]; }

std::string otlp_span(const RebuiltSpan& span) {
  OtlpJson one{{"traceId", hex32(span.trace)}, {"spanId", hex16(span.id)}};
  if (span.parent) one["parentSpanId"] = hex16(*span.parent);
  one["name"] = otlp_text(span.name)["stringValue"];
  one["kind"] = otlp_kind(span.kind);
  one["startTimeUnixNano"] = otlp_time(span.begin);
  one["endTimeUnixNano"] = otlp_time(span.end);
  one["attributes"] = otlp_attributes(span.attributes);
  for (const RebuiltLink& link : span.links)
    one["links"].push_back({{"traceId", hex32(link.trace)},
                            {"spanId", hex16(link.span)},
                            {"attributes", otlp_attributes({{"queuetrace.link", link.why}})}});
  one["status"] = OtlpJson::object();
  if (span.failed) one["status"]["code"] = otlp_status_error;
  if (span.failure) one["status"]["message"] = cut_text(*span.failure);
  one["flags"] = otlp_flags_own;
  return otlp_line(one);
}

/// A value as Zipkin's tags have it: text. Null for what no tag can hold.
OtlpJson tag(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return otlp_text(*text)["stringValue"];
  if (const auto* data = std::get_if<Untrusted>(&value)) return cut_text(*data);
  if (const auto* duration = std::get_if<Milliseconds>(&value)) return std::to_string(duration->count());
  return nullptr;
}

std::string zipkin_span(const RebuiltSpan& span) {
  OtlpJson one{{"traceId", hex_jaeger(span.trace)}, {"id", hex16(span.id)}};
  if (span.parent) one["parentId"] = hex16(*span.parent);
  if (span.kind != RebuiltSpan::Kind::internal)
    one["kind"] = span.kind == RebuiltSpan::Kind::consumer ? "CONSUMER" : "PRODUCER";
  one["name"] = otlp_text(span.name)["stringValue"];
  one["timestamp"] = span.begin.time_since_epoch().count();
  one["duration"] = std::max<std::int64_t>((span.end - span.begin).count(), 1);  // none is unknown there
  one["localEndpoint"] = {{"serviceName", span.service}};
  for (const Field& field : span.attributes)
    if (OtlpJson text = tag(field.value); !text.is_null()) one["tags"][field.name] = std::move(text);
  if (span.failed) one["tags"]["error"] = span.failure ? cut_text(*span.failure) : OtlpJson("true");
  // Zipkin has no links.
  for (std::size_t index = 0; index < span.links.size(); ++index) {
    const RebuiltLink& link = span.links[index];
    one["tags"]["queuetrace.link." + std::to_string(index + 1)] =
        link.why + " " + hex_jaeger(link.trace) + "/" + hex16(link.span);
  }
  return otlp_line(one);
}

/// What stands around the spans of one service.
struct Frame {
  std::string begin, end;
};

Frame frame_of(const std::string& service, SpanEncoding encoding, std::string_view program_version) {
  if (encoding == SpanEncoding::zipkin) return {"", ""};
  const OtlpJson resource{{"attributes", otlp_attributes({{"service.name", Untrusted(service)}})}};
  const OtlpJson scope{{"name", "queuetrace"}, {"version", std::string(program_version)}};
  return {"{\"resource\":" + otlp_line(resource) + ",\"scopeSpans\":[{\"scope\":" + otlp_line(scope) + ",\"spans\":[",
          "]}]}"};
}

/// Puts one document together, frame by frame.
class Document {
 public:
  Document(SpanEncoding encoding, std::string_view program_version)
      : encoding_(encoding), program_version_(program_version) {}

  void add(const RebuiltSpan& span, const std::string& text) {
    if (spans_ == 0 || span.service != service_) {
      if (spans_ > 0) text_ += frame_.end + ",";
      service_ = span.service;
      frame_ = frame_of(service_, encoding_, program_version_);
      text_ += frame_.begin;
    } else {
      text_ += ',';
    }
    text_ += text;
    ++spans_;
  }
  std::size_t size() const { return text_.size(); }
  std::size_t spans() const { return spans_; }
  SpanDocument take() {
    const bool otlp = encoding_ == SpanEncoding::otlp;
    SpanDocument whole{(otlp ? "{\"resourceSpans\":[" : "[") + text_ + frame_.end + (otlp ? "]}" : "]"), spans_};
    text_.clear();
    spans_ = 0;
    return whole;
  }

 private:
  SpanEncoding encoding_;
  std::string program_version_;
  std::string service_;
  Frame frame_;
  std::string text_;
  std::size_t spans_ = 0;
};

}  // namespace

void write_span_documents(std::span<const RebuiltSpan> spans, SpanEncoding encoding, std::string_view program_version,
                          const std::function<bool(const SpanDocument&)>& take, std::size_t most) {
  constexpr std::size_t frames = 1024;  // bytes around spans, at most
  Document document(encoding, program_version);
  for (const RebuiltSpan& span : spans) {
    std::string text = encoding == SpanEncoding::otlp ? otlp_span(span) : zipkin_span(span);
    if (document.spans() > 0 && document.size() + text.size() + frames > most && !take(document.take())) return;
    document.add(span, std::move(text));
  }
  if (document.spans() > 0) take(document.take());
}

}  // namespace queuetrace

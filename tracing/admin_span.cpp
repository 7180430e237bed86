#include "tracing/admin_span.hpp"

#include <utility>

#include "tracing/characters.hpp"
#include "tracing/otlp_json.hpp"
#include "tracing/trace_forms.hpp"

namespace queuetrace {
namespace {

using Json = OtlpJson;

constexpr int flag_parent_is_remote = 0x200;

}  // namespace

AdminSpan begin_admin_span(std::string operation, const Environment& environment, Timestamp now) {
  AdminSpan span;
  span.operation = std::move(operation);
  span.begin = span.end = now;
  span.id = random_span_id();
  const auto given = environment.find("TRACEPARENT");
  const std::optional<TraceReading> parent =
      given == environment.end() ? std::nullopt : read_strict_traceparent(trimmed(given->second));
  if (parent) {
    span.trace = parent->number;
    span.parent = number_from_hex(parent->span)->low;
  } else {
    span.trace = {random_span_id(), random_span_id()};
  }
  return span;
}

std::string otlp_json(const AdminSpan& span, const Fields& resource, std::string_view program_version) {
  Json one{{"traceId", hex32(span.trace)}, {"spanId", hex16(span.id)}};
  if (span.parent) one["parentSpanId"] = hex16(*span.parent);
  one["name"] = "admin." + span.operation;
  one["kind"] = otlp_kind_internal;
  one["startTimeUnixNano"] = otlp_time(span.begin);
  one["endTimeUnixNano"] = otlp_time(span.end);
  one["attributes"] = otlp_attributes(span.attributes);
  one["status"] = Json::object();
  if (span.failure) one["status"] = {{"code", otlp_status_error}, {"message", otlp_text(*span.failure)["stringValue"]}};
  // Always sampled: this is a record of what was done, whatever the caller samples.
  one["flags"] = otlp_flags_own | (span.parent ? flag_parent_is_remote : 0);
  Json scope{{"scope", {{"name", "queuetrace"}, {"version", std::string(program_version)}}}};
  scope["spans"] = Json::array({std::move(one)});
  Json whole{{"resource", {{"attributes", otlp_attributes(resource)}}}};
  whole["scopeSpans"] = Json::array({std::move(scope)});
  const Json request{{"resourceSpans", Json::array({std::move(whole)})}};
  return otlp_line(request);
}

}  // namespace queuetrace

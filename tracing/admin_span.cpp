#include "tracing/admin_span.hpp"

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "tracing/characters.hpp"
#include "tracing/trace_forms.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_text = 4096;  // the cap of docs/tracing.md section 3.7

// OTLP's numbers (opentelemetry-proto, trace.proto).
constexpr int kind_internal = 1;
constexpr int status_error = 2;
constexpr int flag_sampled = 0x1;
constexpr int flag_parent_known = 0x100;
constexpr int flag_parent_is_remote = 0x200;

std::uint64_t random_number() {
  std::random_device device;
  std::uniform_int_distribution<std::uint64_t> any(1);  // an id of zero is none
  return any(device);
}

Json text_value(std::string_view text) {
  if (text.size() > longest_text) {
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // not inside a character
    text = text.substr(0, end);
  }
  return {{"stringValue", std::string(text)}};
}

/// Null for what is unknown, and for what no attribute can hold.
Json attribute_value(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return {{"boolValue", *flag}};
  if (const auto* number = std::get_if<std::int64_t>(&value)) return {{"intValue", std::to_string(*number)}};
  if (const auto* real = std::get_if<double>(&value)) return {{"doubleValue", *real}};
  if (const auto* text = std::get_if<std::string>(&value)) return text_value(*text);
  if (const auto* data = std::get_if<Untrusted>(&value)) return text_value(data->raw());
  if (const auto* time = std::get_if<Timestamp>(&value)) return text_value(to_rfc3339(*time));
  if (const auto* duration = std::get_if<Milliseconds>(&value))
    return {{"intValue", std::to_string(duration->count())}};
  if (const auto* values = std::get_if<Values>(&value)) {
    Json list = Json::array();
    for (const Value& one : *values)
      if (Json element = attribute_value(one); !element.is_null()) list.push_back(std::move(element));
    return {{"arrayValue", {{"values", std::move(list)}}}};
  }
  return nullptr;
}

Json attribute_list(const Fields& fields) {
  Json list = Json::array();
  for (const Field& field : fields)
    if (Json value = attribute_value(field.value); !value.is_null())
      list.push_back({{"key", field.name}, {"value", std::move(value)}});
  return list;
}

std::string nanoseconds(Timestamp time) { return std::to_string(time.time_since_epoch().count()) + "000"; }

}  // namespace

AdminSpan begin_admin_span(std::string operation, const Environment& environment, Timestamp now) {
  AdminSpan span;
  span.operation = std::move(operation);
  span.begin = span.end = now;
  span.id = random_number();
  const auto given = environment.find("TRACEPARENT");
  const std::optional<TraceReading> parent =
      given == environment.end() ? std::nullopt : read_strict_traceparent(trimmed(given->second));
  if (parent) {
    span.trace = parent->number;
    span.parent = number_from_hex(parent->span)->low;
  } else {
    span.trace = {random_number(), random_number()};
  }
  return span;
}

std::string otlp_json(const AdminSpan& span, const Fields& resource, std::string_view program_version) {
  Json one{{"traceId", hex32(span.trace)}, {"spanId", hex16(span.id)}};
  if (span.parent) one["parentSpanId"] = hex16(*span.parent);
  one["name"] = "admin." + span.operation;
  one["kind"] = kind_internal;
  one["startTimeUnixNano"] = nanoseconds(span.begin);
  one["endTimeUnixNano"] = nanoseconds(span.end);
  one["attributes"] = attribute_list(span.attributes);
  one["status"] = Json::object();
  if (span.failure) one["status"] = {{"code", status_error}, {"message", text_value(*span.failure)["stringValue"]}};
  // Always sampled: this is a record of what was done, whatever the caller samples.
  one["flags"] = flag_sampled | flag_parent_known | (span.parent ? flag_parent_is_remote : 0);
  Json scope{{"scope", {{"name", "queuetrace"}, {"version", std::string(program_version)}}}};
  scope["spans"] = Json::array({std::move(one)});
  Json whole{{"resource", {{"attributes", attribute_list(resource)}}}};
  whole["scopeSpans"] = Json::array({std::move(scope)});
  const Json request{{"resourceSpans", Json::array({std::move(whole)})}};
  return request.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace queuetrace

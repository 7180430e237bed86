#include "tracing/otlp_json.hpp"

#include <random>
#include <utility>

namespace queuetrace {
namespace {

constexpr std::size_t longest_attribute_text = 4096;  // the cap of docs/tracing.md section 3.7

/// Null for what is unknown, and for what no attribute can hold.
OtlpJson attribute_value(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return {{"boolValue", *flag}};
  if (const auto* number = std::get_if<std::int64_t>(&value)) return {{"intValue", std::to_string(*number)}};
  if (const auto* real = std::get_if<double>(&value)) return {{"doubleValue", *real}};
  if (const auto* text = std::get_if<std::string>(&value)) return otlp_text(*text);
  if (const auto* data = std::get_if<Untrusted>(&value)) return otlp_text(data->raw());
  if (const auto* time = std::get_if<Timestamp>(&value)) return otlp_text(to_rfc3339(*time));
  if (const auto* duration = std::get_if<Milliseconds>(&value))
    return {{"intValue", std::to_string(duration->count())}};
  if (const auto* values = std::get_if<Values>(&value)) {
    OtlpJson list = OtlpJson::array();
    for (const Value& one : *values)
      if (OtlpJson element = attribute_value(one); !element.is_null()) list.push_back(std::move(element));
    return {{"arrayValue", {{"values", std::move(list)}}}};
  }
  return nullptr;
}

}  // namespace

OtlpJson otlp_text(std::string_view text) {
  if (text.size() > longest_attribute_text) {
    std::size_t end = longest_attribute_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // not inside a character
    text = text.substr(0, end);
  }
  return {{"stringValue", std::string(text)}};
}

OtlpJson otlp_attributes(const Fields& fields) {
  OtlpJson list = OtlpJson::array();
  for (const Field& field : fields)
    if (OtlpJson value = attribute_value(field.value); !value.is_null())
      list.push_back({{"key", field.name}, {"value", std::move(value)}});
  return list;
}

std::string otlp_time(Timestamp time) { return std::to_string(time.time_since_epoch().count()) + "000"; }

std::string otlp_line(const OtlpJson& document) {
  return document.dump(-1, ' ', false, OtlpJson::error_handler_t::replace);
}

bool rejects_spans(const std::string& answer) {
  const OtlpJson document = OtlpJson::parse(answer, nullptr, false);
  if (!document.is_object() || !document.contains("partialSuccess")) return false;
  const OtlpJson& partial = document["partialSuccess"];
  if (!partial.is_object() || !partial.contains("rejectedSpans")) return false;
  const OtlpJson& rejected = partial["rejectedSpans"];  // a text or a number, both are in use
  const bool none = rejected == 0 || rejected == "0";
  return !none;
}

std::uint64_t random_span_id() {
  std::random_device device;
  std::uniform_int_distribution<std::uint64_t> any(1);  // an id of zero is none
  return any(device);
}

}  // namespace queuetrace

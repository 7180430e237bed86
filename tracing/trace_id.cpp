#include "tracing/trace_id.hpp"

#include <array>

#include "model/letter_case.hpp"
#include "tracing/base64.hpp"
#include "tracing/carrier.hpp"
#include "tracing/characters.hpp"
#include "tracing/trace_forms.hpp"
#include "tracing/trace_url.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_text = 1024;   ///< bytes, of anything
constexpr std::size_t longest_opaque = 128;  ///< bytes, the longest id column known

TraceReading failed_reading(std::string error) {
  return {.kind = {}, .error = std::move(error), .number = {}, .span = {}, .also = {}, .note = {}};
}

void fail(ParsedTraceId& parsed, std::string error) {
  parsed.kind.clear();
  parsed.error = std::move(error);
}

void take(ParsedTraceId& parsed, const TraceReading& reading) {
  if (!reading.error.empty()) return fail(parsed, reading.error);
  if (reading.number.is_zero()) return fail(parsed, "zero");
  parsed.kind = reading.kind;
  parsed.canonical = hex32(reading.number);
  parsed.span = reading.span;
  parsed.note = reading.note;
  for (const TraceNumber& number : reading.also) parsed.also.push_back(hex32(number));
}

void take_opaque(ParsedTraceId& parsed, std::string_view text) {
  if (text.empty()) return fail(parsed, "empty");
  if (text.size() > longest_opaque) return fail(parsed, "too-long");
  parsed.kind = "opaque";
  parsed.text = std::string(text);
}

/// Step 2; false when the text has no type prefix.
bool read_type_prefix(ParsedTraceId& parsed, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view type = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  const auto take_number = [&](std::string_view kind, const std::optional<TraceNumber>& number, std::string error) {
    TraceReading reading = failed_reading({});
    reading.kind = std::string(kind);
    if (number)
      reading.number = *number;
    else
      reading.error = std::move(error);
    take(parsed, reading);
  };
  if (type == "hex") {
    take_number("hex", number_from_hex(rest), "bad-hex");
  } else if (type == "dec") {
    if (!all_digits(rest) || rest.size() > 39)
      fail(parsed, "bad-decimal");
    else
      take(parsed, *read_decimal(rest));
  } else if (type == "uuid") {
    const std::optional<TraceReading> reading = read_uuid(rest);
    if (!reading || (reading->error.empty() && reading->kind != "uuid"))
      fail(parsed, "bad-uuid");
    else
      take(parsed, *reading);
  } else if (type == "b64") {
    const std::optional<std::string> bytes = base64_decode(rest);
    take_number("base64", bytes ? number_from_bytes(*bytes) : std::nullopt, "bad-base64");
  } else if (type == "raw") {
    take_opaque(parsed, rest);
  } else {
    return false;
  }
  return true;
}

/// Step 5: cuts a header name off `text` and returns it in lower case; empty when there is none.
std::string cut_header_name(std::string_view& text) {
  constexpr std::array<std::string_view, 13> names{"traceparent",
                                                   "b3",
                                                   "x-b3-traceid",
                                                   "uber-trace-id",
                                                   "x-amzn-trace-id",
                                                   "_x_amzn_trace_id",
                                                   "sentry-trace",
                                                   "trace_id",
                                                   "traceid",
                                                   "x-cloud-trace-context",
                                                   "x-datadog-trace-id",
                                                   "dd.trace_id",
                                                   "elastic-apm-traceparent"};
  const std::size_t mark = std::min(text.find(':'), text.find('='));
  if (mark == std::string_view::npos) return {};
  std::string name = lower_case(trimmed(text.substr(0, mark)));
  if (std::ranges::find(names, name) == names.end()) return {};
  text = trimmed(text.substr(mark + 1));
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = trimmed(text.substr(1, text.size() - 2));
  return name;
}

TraceReading or_failure(std::optional<TraceReading> reading, std::string_view error) {
  return reading ? std::move(*reading) : failed_reading(std::string(error));
}

/// What a header's name says about its text; absent where the name decides nothing.
std::optional<TraceReading> read_header(std::string_view name, std::string_view text) {
  if (name == "traceparent" || name == "elastic-apm-traceparent")
    return or_failure(read_traceparent(text), "bad-traceparent");
  if (name == "b3") return or_failure(read_b3(text), text == "0" || text == "1" || text == "d" ? "b3-no-id" : "bad-b3");
  if (name == "uber-trace-id") return or_failure(read_uber(text), "bad-uber");
  if (name == "x-amzn-trace-id" || name == "_x_amzn_trace_id") return or_failure(read_xray(text), "bad-xray");
  if ((name == "x-datadog-trace-id" || name == "dd.trace_id") && all_digits(text)) return read_decimal(text);
  if (name == "x-b3-traceid" && all_hex(text)) return read_hex(text);
  return std::nullopt;
}

/// Step 6.
TraceReading read_json(std::string_view text) {
  const Carrier carrier(text);
  if (!carrier.valid()) return failed_reading("bad-json");
  std::string error;
  const std::optional<Carrier::Finding> finding = carrier.find(false, error);
  if (!finding || finding->opaque) return failed_reading(error.empty() ? "no-trace-in-json" : error);
  TraceReading reading = finding->reading;
  reading.kind = "json-carrier";
  return reading;
}

/// Steps 4 to 17.
void read_text(ParsedTraceId& parsed, std::string_view text) {
  if (const std::optional<TraceReading> context = read_key_value_context(text)) return take(parsed, *context);
  const std::string name = cut_header_name(text);
  if (!name.empty() && text.empty()) return fail(parsed, "empty");
  if (const std::optional<TraceReading> reading = read_header(name, text)) return take(parsed, *reading);
  if (text.starts_with('{') && text.ends_with('}') && !read_uuid(text)) return take(parsed, read_json(text));
  if (const std::optional<TraceReading> reading = read_any_form(text)) return take(parsed, *reading);
  take_opaque(parsed, text);
}

void read_url(ParsedTraceId& parsed, std::string_view text) {
  const std::string url(text);
  const std::optional<std::string> inner = trace_text_in_url(text);
  if (!inner || !is_valid_utf8(*inner) || has_control_character(*inner)) return fail(parsed, "no-trace-in-url");
  read_text(parsed, trimmed(*inner));
  parsed.text = url;
  if (!parsed.error.empty() && parsed.error != "too-long" && parsed.error != "empty") return;
  if (parsed.canonical.empty()) return fail(parsed, "no-trace-in-url");
  parsed.kind = "url";
  if (parsed.span.empty()) parsed.span = span_in_url(text);
}

enum class Origin { typed, stored };

ParsedTraceId parse(std::string_view text, Origin origin) {
  ParsedTraceId parsed;
  if (text.size() <= longest_text && all_hex(text)) {  // most ids: no other shape is made of hex digits alone
    parsed.text = std::string(text);
    const std::optional<TraceReading> reading = read_any_form(text);
    if (reading)
      take(parsed, *reading);
    else
      take_opaque(parsed, text);
    return parsed;
  }
  if (!is_valid_utf8(text)) {
    parsed.error = "invalid-utf8";
    return parsed;
  }
  text = trimmed(text);
  if (text.empty()) {
    parsed.error = "empty";
  } else if (text.size() > longest_text) {
    parsed.error = "too-long";
  } else if (has_control_character(text)) {
    parsed.error = "control-char";
  } else {
    parsed.text = std::string(text);
    if (origin == Origin::stored && is_web_url(text))
      take_opaque(parsed, text);
    else if (origin == Origin::typed && is_web_url(text))
      read_url(parsed, text);
    else if (origin == Origin::stored || !read_type_prefix(parsed, text))
      read_text(parsed, text);
  }
  return parsed;
}

}  // namespace

ParsedTraceId parse_trace_id(std::string_view text) { return parse(text, Origin::typed); }

ParsedTraceId parse_stored_trace_id(std::string_view stored) { return parse(stored, Origin::stored); }

TraceStatus classify_trace_id(std::string_view stored, const std::vector<std::string_view>& placeholders) {
  if (trimmed(stored).empty()) return TraceStatus::absent;
  if (std::ranges::find(placeholders, stored) != placeholders.end()) return TraceStatus::placeholder;
  if (stored.size() == 32)
    if (const std::optional<TraceNumber> number = number_from_hex(stored); number && !number->is_zero())
      return TraceStatus::w3c;
  const ParsedTraceId parsed = parse_stored_trace_id(stored);
  if (parsed.error == "zero") return TraceStatus::placeholder;
  if (parsed.canonical.empty()) return TraceStatus::opaque;
  if (parsed.kind == "uuid" || parsed.kind == "prefixed-uuid") return TraceStatus::opaque;
  constexpr std::size_t fewest_digits = 8;
  if (parsed.kind == "hex-short" && (parsed.text.size() < fewest_digits || all_digits(parsed.text)))
    return TraceStatus::opaque;
  return TraceStatus::w3c;
}

}  // namespace queuetrace

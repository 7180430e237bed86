#include "tracing/trace_forms.hpp"

#include <array>
#include <limits>

#include "model/letter_case.hpp"
#include "tracing/base64.hpp"
#include "tracing/characters.hpp"
#include "tracing/split.hpp"

namespace queuetrace {
namespace {

TraceReading failure(std::string error) {
  return {.kind = {}, .error = std::move(error), .span = {}, .also = {}, .note = {}};
}

TraceReading reading(std::string kind, TraceNumber number, std::string span = {}) {
  if (number.is_zero()) return failure("zero");
  return {.kind = std::move(kind), .error = {}, .number = number, .span = std::move(span), .also = {}, .note = {}};
}

/// 16 digits for 1 to 16 hex digits; empty for zero or anything else.
std::string span_text(std::string_view digits) {
  if (digits.empty() || digits.size() > 16) return {};
  const std::optional<TraceNumber> number = number_from_hex(digits);
  return number && !number->is_zero() ? hex16(number->low) : std::string();
}

bool is_hex_of(std::string_view text, std::size_t digits) { return text.size() == digits && all_hex(text); }

std::string without_escaped_colons(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && text[i + 1] == '3' && (text[i + 2] == 'A' || text[i + 2] == 'a')) {
      result += ':';
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::optional<TraceReading> read_key_value_context(std::string_view text) {
  if (!text.starts_with("trace_id=")) return std::nullopt;
  const std::vector<std::string_view> fields = split(text, ';');
  if (fields.size() < 2 || !fields[1].starts_with("span_id=")) return std::nullopt;
  if (fields.size() > 2 && !fields[2].starts_with("trace_flags=")) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_hex(fields[0].substr(9));
  const std::string_view span = fields[1].substr(8);
  if (!number || !all_hex(span) || span.size() > 16) return std::nullopt;
  return reading("kv-context", *number, span_text(span));
}

std::optional<TraceReading> read_xray(std::string_view text) {
  if (const std::optional<TraceNumber> number = number_from_xray(text)) return reading("xray", *number);
  if (text.find("Root=") == std::string_view::npos) return std::nullopt;
  std::optional<std::string_view> root;
  std::string span;
  for (const std::string_view part : split(text, ';')) {
    const std::string_view field = trimmed(part);
    if (field.starts_with("Root=") && !root) root = field.substr(5);
    if (field.starts_with("Parent=") && field.size() == 23) span = span_text(field.substr(7));
  }
  if (!root) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_xray(*root);
  if (!number) return failure("bad-xray");
  return reading("xray", *number, std::move(span));
}

std::optional<TraceReading> read_google(std::string_view text) {
  if (text.starts_with("projects/")) {
    const std::vector<std::string_view> parts = split(text, '/');
    if (parts.size() != 4 || parts[1].empty() || parts[2] != "traces" || !is_hex_of(parts[3], 32)) return std::nullopt;
    return reading("gcp-resource", *number_from_hex(parts[3]));
  }
  if (text.size() < 34 || text[32] != '/' || !is_hex_of(text.substr(0, 32), 32)) return std::nullopt;
  std::string_view span = text.substr(33);
  if (const std::size_t option = span.find(';'); option != std::string_view::npos) {
    const std::string_view rest = span.substr(option);
    if (!rest.starts_with(";o=") || !all_digits(rest.substr(3))) return std::nullopt;
    span = span.substr(0, option);
  }
  if (!all_digits(span)) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_decimal(span);
  const bool usable = number && number->high == 0 && number->low != 0;
  return reading("gcp-header", *number_from_hex(text.substr(0, 32)), usable ? hex16(number->low) : std::string());
}

bool has_three_colons(std::string_view text) {
  const std::string decoded = without_escaped_colons(text);
  return std::ranges::count(decoded, ':') == 3;
}

std::optional<TraceReading> read_uber(std::string_view text) {
  const std::string decoded = without_escaped_colons(text);
  const std::vector<std::string_view> parts = split(decoded, ':');
  constexpr std::array<std::size_t, 4> longest{32, 16, 16, 2};
  if (parts.size() != longest.size()) return std::nullopt;
  for (std::size_t i = 0; i < longest.size(); ++i)
    if (!all_hex(parts[i]) || parts[i].size() > longest[i]) return std::nullopt;
  return reading("uber", *number_from_hex(parts[0]), span_text(parts[1]));
}

std::optional<TraceReading> read_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16);
  if (!all_hex(version) || !all_hex(trace) || !all_hex(span) || !all_hex(text.substr(53, 2))) return std::nullopt;
  if (equal_ignoring_case(version, "ff")) return failure("bad-traceparent");
  if (text.size() > 55 && (version == "00" || text[55] != '-')) return failure("bad-traceparent");
  TraceReading result = reading("traceparent", *number_from_hex(trace), span_text(span));
  if (!result.error.empty()) return result;
  if (result.span.empty()) return failure("zero-span");
  if (std::ranges::any_of(text.substr(0, 55), [](char c) { return c != lower(c); })) result.note = "nonconforming-case";
  return result;
}

bool is_strict_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16);
  const auto is_lower_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  for (const std::string_view part : {version, trace, span, text.substr(53, 2)})
    if (!std::ranges::all_of(part, is_lower_hex)) return false;
  if (version == "ff" || (text.size() > 55 && (version == "00" || text[55] != '-'))) return false;
  return trace.find_first_not_of('0') != std::string_view::npos &&
         span.find_first_not_of('0') != std::string_view::npos;
}

std::optional<TraceReading> read_strict_traceparent(std::string_view text) {
  return is_strict_traceparent(text) ? read_traceparent(text) : std::nullopt;
}

std::optional<TraceReading> read_b3(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() < 2 || parts.size() > 4) return std::nullopt;
  if (!is_hex_of(parts[0], 32) && !is_hex_of(parts[0], 16)) return std::nullopt;
  if (!is_hex_of(parts[1], 16)) return std::nullopt;
  if (parts.size() > 2 && parts[2] != "0" && parts[2] != "1" && parts[2] != "d") return std::nullopt;
  if (parts.size() > 3 && !is_hex_of(parts[3], 16)) return std::nullopt;
  return reading("b3", *number_from_hex(parts[0]), span_text(parts[1]));
}

std::optional<TraceReading> read_uuid(std::string_view text) {
  std::string_view kind = "uuid";
  if (text.size() == 38 && text.starts_with('{') && text.ends_with('}')) {
    text = text.substr(1, 36);
  } else if (text.size() == 45 && equal_ignoring_case(text.substr(0, 9), "urn:uuid:")) {
    text.remove_prefix(9);
  } else if (text.starts_with("trace-")) {
    kind = "prefixed-uuid";
    text.remove_prefix(6);
  }
  const std::optional<TraceNumber> number = number_from_uuid(text);
  if (!number) return std::nullopt;
  return reading(std::string(kind), *number);
}

std::optional<TraceReading> read_prefixed_hex(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_hex(text.substr(2));
  if (!number) return std::nullopt;
  return reading("hex", *number);
}

std::optional<TraceReading> read_decimal(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_decimal(text);
  if (!number) return failure("overflow");
  return reading(number->high == 0 ? "decimal64" : "decimal128", *number);
}

std::optional<TraceReading> read_digits(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  if (text.find_first_not_of('0') == std::string_view::npos) return failure("zero");
  const std::optional<TraceNumber> as_hex = number_from_hex(text);
  if (text.size() <= 16 || text.size() == 32) {
    std::optional<TraceReading> result = read_hex(text);
    const std::optional<TraceNumber> as_decimal = number_from_decimal(text);
    if (as_decimal && *as_decimal != *as_hex) result->also.push_back(*as_decimal);
    result->note = "ambiguous-decimal";
    return result;
  }
  std::optional<TraceReading> result = read_decimal(text);
  if (!result->error.empty()) return result;
  if (as_hex && *as_hex != result->number) result->also.push_back(*as_hex);
  if (result->kind == "decimal64") result->note = "ambiguous-hex";
  return result;
}

std::optional<TraceReading> read_hex(std::string_view text) {
  if (!all_hex(text)) return std::nullopt;
  if (text.find_first_not_of('0') == std::string_view::npos) return failure("zero");
  const std::optional<TraceNumber> number = number_from_hex(text);
  if (!number) return failure("too-many-hex-digits");
  return reading(text.size() == 32 ? "hex128" : text.size() == 16 ? "hex64" : "hex-short", *number);
}

std::optional<TraceReading> read_padded_base64(std::string_view text) {
  const bool sixteen = text.size() == 24 && text.ends_with("==") && text[21] != '=';
  const bool eight = text.size() == 12 && text.ends_with('=') && text[10] != '=';
  if ((!sixteen && !eight) || text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
  const std::optional<std::string> bytes = base64_decode(text);
  if (!bytes) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_bytes(*bytes);
  if (!number) return std::nullopt;
  return reading("base64", *number);
}

std::optional<TraceReading> read_any_form(std::string_view text) {
  using Reader = std::optional<TraceReading> (*)(std::string_view);
  constexpr std::array<Reader, 4> before_colons{read_key_value_context, read_xray, read_google, read_uber};
  constexpr std::array<Reader, 7> after_colons{read_traceparent, read_b3,  read_uuid,         read_prefixed_hex,
                                               read_digits,      read_hex, read_padded_base64};
  // Most ids are this, and none of the forms before these two is made of hex digits alone.
  if (all_hex(text)) return all_digits(text) ? read_digits(text) : read_hex(text);
  for (const Reader read : before_colons)
    if (std::optional<TraceReading> result = read(text)) return result;
  if (has_three_colons(text)) return std::nullopt;
  for (const Reader read : after_colons)
    if (std::optional<TraceReading> result = read(text)) return result;
  return std::nullopt;
}

}  // namespace queuetrace

// From what the user typed to what is looked for: the spellings of docs/tracing.md section 2.5.
#include "model/letter_case.hpp"
#include "tracing/trace_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/error.hpp"
#include "tracing/characters.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

void add(std::vector<std::string>& spellings, std::string text) {
  if (std::ranges::find(spellings, text) == spellings.end()) spellings.push_back(std::move(text));
}

void add_spellings(std::vector<std::string>& spellings, const std::string& canonical) {
  const TraceNumber number = number_from_hex(canonical).value_or(TraceNumber{});
  const std::string uuid = uuid_text(number);
  add(spellings, canonical);
  add(spellings, upper(canonical));
  add(spellings, uuid);
  add(spellings, upper(uuid));
  add(spellings, "trace-" + uuid);
  if (number.high == 0) {
    add(spellings, hex16(number.low));
    add(spellings, upper(hex16(number.low)));
  }
  add(spellings, hex_stripped(number));
  add(spellings, xray_text(number));
  add(spellings, decimal(number));
  add(spellings, base64_of_16(number));
  if (number.high == 0) add(spellings, base64_of_8(number.low));
}

/// What a person reads for an error code of docs/tracing.md section 2.3.
std::string_view explanation(std::string_view error) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 21> known{{
      {"invalid-utf8", "it is not valid UTF-8"},
      {"empty", "it is empty"},
      {"too-long", "it is too long"},
      {"control-char", "it has control characters in it"},
      {"bad-hex", "hex: takes 1 to 32 hex digits"},
      {"bad-decimal", "dec: takes 1 to 39 digits"},
      {"bad-uuid", "uuid: takes 8-4-4-4-12 hex digits"},
      {"bad-base64", "b64: takes the base64 form of 16 or 8 bytes"},
      {"no-trace-in-url", "there is no trace id in this URL"},
      {"bad-json", "it is not valid JSON"},
      {"no-trace-in-json", "there is no trace context in this JSON"},
      {"bad-xray", "its Root is not 1-<8 hex>-<24 hex>"},
      {"bad-uber", "it is not <trace>:<span>:<parent>:<flags> in hex"},
      {"bad-traceparent", "it is not a valid traceparent"},
      {"zero-span", "its span id is all zeros"},
      {"b3-no-id", "this b3 header holds a sampling decision and no id"},
      {"bad-b3", "it is not a valid b3 header"},
      {"bad-google", "it is not <32 hex>/<span>;o=<0|1>"},
      {"overflow", "the number does not fit into 128 bits"},
      {"too-many-hex-digits", "it has more than 32 hex digits"},
      {"zero", "an id of zeros names no trace"},
  }};
  for (const auto& [code, text] : known)
    if (code == error) return text;
  return error;
}

[[noreturn]] void refuse(std::string_view typed, std::string_view error) {
  const bool showable = is_valid_utf8(typed) && !has_control_character(typed) && typed.size() <= 128;
  Error problem(ErrorKind::usage, showable ? fmt::format("cannot look for trace id '{}': {}", typed, explanation(error))
                                           : fmt::format("cannot look for this trace id: {}", explanation(error)));
  if (showable && !typed.empty() && !typed.starts_with("raw:")) problem.with_hint("raw:TEXT looks for a text as it is");
  throw problem;
}

/// The digits before a trailing `*`, lower case, UUID dashes removed; empty when the text asks for no prefix.
std::string prefix_digits(std::string_view typed) {
  if (!typed.ends_with('*')) return {};
  typed.remove_suffix(1);
  std::string digits;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const bool dash = typed[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23);
    if (!dash) digits += lower(typed[i]);
  }
  return all_hex(digits) ? digits : std::string();
}

}  // namespace

TraceQuery make_trace_query(std::string_view typed, bool exact) {
  TraceQuery query;
  const std::string_view text = trimmed(typed);
  query.given = std::string(text);
  query.exact = exact;
  if (exact) {
    if (!is_valid_utf8(text)) refuse(text, "invalid-utf8");
    if (text.empty()) refuse(text, "empty");
    if (has_control_character(text)) refuse(text, "control-char");
    if (text.size() > 1024) refuse(text, "too-long");
    query.typed = std::string(text);
    query.spellings = {query.typed};
    return query;
  }
  if (const std::string digits = prefix_digits(text); !digits.empty()) {
    if (digits.size() < 4)
      throw Error(ErrorKind::usage, fmt::format("trace id prefix '{}' is too short: it needs 4 hex digits", text));
    if (digits.size() > 32) refuse(text, "too-many-hex-digits");
    query.typed = digits + "*";
    query.spellings = {query.typed};
    query.prefix = true;
    return query;
  }
  const ParsedTraceId parsed = parse_trace_id(text);
  if (!parsed.error.empty()) refuse(text, parsed.error);
  query.typed = parsed.text;
  query.spellings = {query.typed};
  if (parsed.canonical.empty()) return query;
  query.canonical.push_back(parsed.canonical);
  for (const std::string& other : parsed.also) add(query.canonical, other);
  for (const std::string& canonical : query.canonical) add_spellings(query.spellings, canonical);
  return query;
}

}  // namespace queuetrace

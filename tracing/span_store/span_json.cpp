#include "tracing/span_store/span_json.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/finite_json.hpp"
#include "tracing/base64.hpp"
#include "tracing/characters.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

constexpr int deepest = 64;
constexpr std::size_t most_values = 2'000'000;
constexpr std::size_t longest_value = 4096;
constexpr std::size_t longest_name = 1024;
constexpr std::size_t most_attributes = 128;

/// Thrown inside the parser to end it.
struct TooMuch {};

std::optional<Json> parsed(const std::string& text) {
  std::size_t values = 0;
  const auto count = [&values](int depth, Json::parse_event_t, Json&) {
    if (depth > deepest || ++values > most_values) throw TooMuch();
    return true;
  };
  try {
    Json document = Json::parse(text, count, false);
    if (document.is_discarded()) return std::nullopt;
    return document;
  } catch (const TooMuch&) {
    return std::nullopt;
  }
}

/// Not in the middle of a character.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::optional<Json> bounded_json(const std::string& text) {
  std::optional<Json> document = parsed(text);
  return document ? document : parsed(with_finite_numbers(text));
}

const Json* member(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(std::string(name));
  return found == value.end() ? nullptr : &*found;
}

const Json& array_member(const Json& value, std::string_view name) {
  static const Json none = Json::array();
  const Json* found = member(value, name);
  return found != nullptr && found->is_array() ? *found : none;
}

std::string text_member(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> number_member(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  if (found == nullptr) return std::nullopt;
  if (found->is_number_unsigned()) {
    const auto number = found->get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (found->is_number_integer()) return found->get<std::int64_t>();
  if (!found->is_string()) return std::nullopt;
  const std::string& text = found->get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string trace_id_of(std::string_view text) {
  std::optional<TraceNumber> number;
  if (text.size() <= 32 && all_hex(text)) number = number_from_hex(text);
  if (const std::optional<std::string> bytes = number ? std::nullopt : base64_decode(text))
    number = number_from_bytes(*bytes);
  return !number || number->is_zero() ? std::string() : hex32(*number);
}

std::string span_id_of(std::string_view text) {
  std::optional<TraceNumber> number;
  if (text.size() <= 16 && all_hex(text)) number = number_from_hex(text);
  if (const std::optional<std::string> bytes = number ? std::nullopt : base64_decode(text); bytes && bytes->size() == 8)
    number = number_from_bytes(*bytes);
  return !number || number->low == 0 ? std::string() : hex16(number->low);
}

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_attribute(Span& span, const std::string& name, const std::string& value) {
  if (span.attributes.size() < most_attributes && !name.empty())
    span.attributes.push_back({Untrusted(cut(name, longest_name)), Untrusted(cut(value, longest_value))});
}

void SharedAttributes::add(const std::string& name, const std::string& value) {
  if (name.size() + value.size() > left_) return;
  left_ -= name.size() + value.size();
  add_attribute(span_, name, value);
}

void set_times(Span& span, std::optional<std::int64_t> begin_us, std::optional<std::int64_t> duration_us) {
  constexpr std::int64_t latest = 253'402'300'800'000'000;  // the year 10000
  if (!begin_us || *begin_us <= 0 || *begin_us >= latest) return;
  span.begin = Timestamp(std::chrono::microseconds(*begin_us));
  if (duration_us && *duration_us >= 0 && *duration_us < latest - *begin_us)
    span.end = *span.begin + std::chrono::microseconds(*duration_us);
}

void set_names(Span& span, const std::string& name, const std::string& service) {
  span.name = Untrusted(cut(name, longest_name));
  span.service = Untrusted(cut(service, longest_name));
}

void complete_error(Span& span) {
  if (span.status != Span::Status::error || !span.error.empty()) return;
  constexpr std::array<std::string_view, 3> places{"exception.message", "error.message", "error.type"};
  for (const std::string_view place : places)
    if (const Untrusted* said = span.attribute(place); said != nullptr && span.error.empty()) span.error = *said;
}

}  // namespace queuetrace

#include "tracing/trace_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/percent.hpp"
#include "tracing/split.hpp"

namespace queuetrace {
namespace {

bool names_trace(std::string_view name) {
  return equal_ignoring_case(name, "traceid") || equal_ignoring_case(name, "trace_id") ||
         equal_ignoring_case(name, "tid");
}

bool names_span(std::string_view name) {
  return equal_ignoring_case(name, "uifind") || equal_ignoring_case(name, "spanid") ||
         equal_ignoring_case(name, "span_id") || equal_ignoring_case(name, "span");
}

/// The value of the first parameter that names a trace, or what `names` says, in `a=b&c=d` (or with another separator).
std::optional<std::string_view> parameter(std::string_view parameters, char separator,
                                          bool (*names)(std::string_view) = names_trace) {
  for (const std::string_view part : split(parameters, separator)) {
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && equals + 1 < part.size() && names(part.substr(0, equals)))
      return part.substr(equals + 1);
  }
  return std::nullopt;
}

/// Cuts `text` at the first `mark` and returns what follows it.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t position = text.find(mark);
  if (position == std::string_view::npos) return {};
  const std::string_view rest = text.substr(position + 1);
  text = text.substr(0, position);
  return rest;
}

std::optional<std::string_view> segment(std::string_view path) {
  const std::vector<std::string_view> segments = split(path, '/');
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const std::string_view name = segments[i];
    if (name != "trace" && name != "traces" && name != "xray:traces") continue;
    std::string_view next = segments[i + 1];
    if (name == "traces" && (next == "trace" || next == "detail") && i + 2 < segments.size()) next = segments[i + 2];
    next = next.substr(0, next.find(';'));
    if (!next.empty()) return next;
  }
  return std::nullopt;
}

/// 16 hex digits, or a decimal number that no 16 hex digits can be.
std::string span_of(std::string_view text) {
  std::string span(text);
  if (std::uint64_t number = 0; text.size() > 16) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return {};
    span = fmt::format("{:016x}", number);
  }
  if (span.size() != 16 || !all_hex(span) || span == "0000000000000000") return {};
  std::ranges::transform(span, span.begin(), lower);
  return span;
}

}  // namespace

bool is_web_url(std::string_view text) {
  return equal_ignoring_case(text.substr(0, 7), "http://") || equal_ignoring_case(text.substr(0, 8), "https://");
}

std::optional<std::string> trace_text_in_url(std::string_view url) {
  if (!is_web_url(url)) return std::nullopt;
  std::string_view path = url.substr(url.find("//") + 2);
  std::string_view fragment = cut(path, '#');
  const std::string_view query = cut(path, '?');
  path = cut(path, '/');
  const std::string_view fragment_query = cut(fragment, '?');
  const std::array<std::optional<std::string_view>, 6> places{parameter(query, '&'), parameter(fragment_query, '&'),
                                                              parameter(path, ';'),  parameter(fragment, ';'),
                                                              segment(path),         segment(fragment)};
  for (const std::optional<std::string_view>& place : places)
    if (place) return percent_decode(*place);
  return std::nullopt;
}

std::string span_in_url(std::string_view url) {
  if (!is_web_url(url)) return {};
  std::string_view path = url;
  std::string_view fragment = cut(path, '#');
  const std::string_view query = cut(path, '?');
  const std::string_view fragment_query = cut(fragment, '?');
  for (const auto& [parameters, separator] : {std::pair(query, '&'), {fragment_query, '&'}, {path, ';'}})
    if (std::string span = span_of(parameter(parameters, separator, names_span).value_or("")); !span.empty())
      return span;
  return {};
}

}  // namespace queuetrace

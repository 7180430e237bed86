#include "tracing/http_header.hpp"

#include <algorithm>

#include "tracing/characters.hpp"
#include "tracing/percent.hpp"
#include "tracing/split.hpp"

namespace queuetrace {
namespace {

/// `%HH` decoded; absent where a `%` stands before anything else.
std::optional<std::string> decoded(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])))
      return std::nullopt;
  return percent_decode(text);
}

/// A token of RFC 9110, which is what a header may be called.
bool is_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<NamePairs> pairs_of(std::string_view list) {
  NamePairs pairs;
  for (const std::string_view part : split(list, ',')) {
    if (trimmed(part).empty()) continue;
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::optional<std::string> name = decoded(trimmed(part.substr(0, equals)));
    const std::optional<std::string> value = decoded(trimmed(part.substr(equals + 1)));
    if (!name || name->empty() || !value) return std::nullopt;
    pairs.emplace_back(*name, *value);
  }
  return pairs;
}

std::optional<Secret> header_line(const std::string& name, const std::string& value) {
  if (!is_header_name(name) || has_control_character(value)) return std::nullopt;
  return Secret(value.empty() ? name + ";" : name + ": " + value);  // libcurl's spelling of an empty one
}

bool read_header_list(std::string_view list, std::vector<Secret>& headers) {
  const std::optional<NamePairs> pairs = pairs_of(list);
  if (!pairs) return false;
  for (const auto& [name, value] : *pairs) {
    std::optional<Secret> line = header_line(name, value);
    if (!line) return false;
    headers.push_back(std::move(*line));
  }
  return true;
}

}  // namespace queuetrace

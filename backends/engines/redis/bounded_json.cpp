#include "backends/engines/redis/bounded_json.hpp"

#include <algorithm>
#include <string>

#include "model/finite_json.hpp"

namespace queuetrace {
namespace {

constexpr int deepest = 256;

nlohmann::json parse(std::string_view text) {
  using nlohmann::json;
  bool too_deep = false;
  const json::parser_callback_t bound = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  // A call for each value costs time, so only a text that could be too deep is looked at so closely.
  const auto opening = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
  json document = json::parse(text, opening > deepest ? bound : json::parser_callback_t(), false);
  return too_deep ? json(json::value_t::discarded) : document;
}

bool accepts(std::string_view text) {
  return nlohmann::json::accept(text) || nlohmann::json::accept(with_finite_numbers(text));
}

constexpr std::size_t large = 64 * 1024;

/// The text with an x in place of what any string may hold, plain characters and short escapes: it is JSON when the
/// text is. The library copies each string twice to tell.
std::string without_plain_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    out += text[at];
    if (text[at++] != '"') continue;
    while (at < text.size() && text[at] != '"') {
      const std::size_t start = at;
      while (at < text.size() && text[at] != '"') {
        if (text[at] >= ' ' && text[at] <= '~' && text[at] != '\\')
          ++at;
        else if (text[at] == '\\' && at + 1 < text.size() &&
                 std::string_view("\"\\/bfnrt").find(text[at + 1]) != std::string_view::npos)
          at += 2;
        else
          break;
      }
      if (at > start) out += 'x';
      if (at == text.size() || text[at] == '"') break;
      // Four digits belong to \u, and any byte to another escape.
      const std::size_t bytes = text[at] != '\\' ? 1 : text.substr(at).starts_with("\\u") ? 6 : 2;
      out += text.substr(at, bytes);
      at = std::min(text.size(), at + bytes);
    }
    if (at < text.size()) out += text[at++];
  }
  return out;
}

}  // namespace

nlohmann::json parse_bounded(std::string_view text) {
  nlohmann::json document = parse(text);
  return document.is_discarded() ? parse(with_finite_numbers(text)) : document;
}

bool is_json(std::string_view text) { return text.size() > large ? accepts(without_plain_text(text)) : accepts(text); }

}  // namespace queuetrace

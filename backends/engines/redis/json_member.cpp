#include "backends/engines/redis/json_member.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace queuetrace {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Walks over one object or array; every step says whether the text goes on as JSON does.
struct TextReader {
  std::string_view text;
  std::size_t at = 0;

  void skip_space() {
    while (at < text.size() && is_space(text[at])) ++at;
  }
  bool take(char wanted) {
    skip_space();
    if (at >= text.size() || text[at] != wanted) return false;
    ++at;
    return true;
  }
  /// Whether nothing but blanks is left.
  bool is_over() {
    skip_space();
    return at == text.size();
  }
  /// The string with its quotes.
  std::optional<std::string_view> string() {
    skip_space();
    const std::size_t begin = at;
    if (!take('"')) return std::nullopt;
    for (; at < text.size() && text[at] != '"'; ++at)
      if (text[at] == '\\') ++at;
    if (at >= text.size()) return std::nullopt;
    ++at;
    return text.substr(begin, at - begin);
  }
  /// Any value, without the space around it.
  std::optional<std::pair<std::size_t, std::size_t>> value() {
    skip_space();
    const std::size_t begin = at;
    for (std::size_t depth = 0; at < text.size();) {
      const char c = text[at];
      if (c == '"') {
        if (!string()) return std::nullopt;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    }
    std::size_t end = at;
    while (end > begin && is_space(text[end - 1])) --end;
    if (end == begin) return std::nullopt;
    return std::pair(begin, end);
  }
};

/// A name as it is meant, escapes read.
std::string name_in(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) return std::string(quoted.substr(1, quoted.size() - 2));
  const nlohmann::json name = nlohmann::json::parse(quoted, nullptr, false);
  return name.is_string() ? name.get<std::string>() : std::string();
}

}  // namespace

std::optional<std::string_view> member_of(std::string_view object, std::string_view name) {
  TextReader reader{object};
  if (!reader.take('{')) return std::nullopt;
  std::optional<std::string_view> found;
  if (reader.take('}')) return found;
  do {
    const std::optional<std::string_view> member = reader.string();
    if (!member || !reader.take(':')) return std::nullopt;
    const auto range = reader.value();
    if (!range) return std::nullopt;
    if (name_in(*member) == name) found = object.substr(range->first, range->second - range->first);
  } while (reader.take(','));
  return reader.take('}') && reader.is_over() ? found : std::nullopt;
}

std::optional<std::string_view> first_element(std::string_view array) {
  TextReader reader{array};
  if (!reader.take('[')) return std::nullopt;
  const auto range = reader.value();
  if (!range) return std::nullopt;
  return array.substr(range->first, range->second - range->first);
}

std::optional<std::string> with_member(std::string_view object, std::string_view name, std::string_view value) {
  TextReader reader{object};
  if (!reader.take('{')) return std::nullopt;
  const std::size_t inside = reader.at;
  std::string out(object.substr(0, inside));
  std::size_t copied = inside;
  bool found = false, any = false;
  if (!reader.take('}')) {
    do {
      any = true;
      const std::optional<std::string_view> member = reader.string();
      if (!member || !reader.take(':')) return std::nullopt;
      const auto range = reader.value();
      if (!range) return std::nullopt;
      if (name_in(*member) != name) continue;
      found = true;
      out += object.substr(copied, range->first - copied);
      out += value;
      copied = range->second;
    } while (reader.take(','));
    if (!reader.take('}')) return std::nullopt;
  }
  if (!reader.is_over()) return std::nullopt;
  if (!found) {
    out += nlohmann::json(std::string(name)).dump() + ":" + std::string(value);
    if (any) out += ',';
  }
  out += object.substr(copied);
  return out;
}

}  // namespace queuetrace

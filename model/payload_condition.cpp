#include "model/payload_condition.hpp"

#include "model/canonical_json.hpp"

namespace queuetrace {
namespace {

using Comparison = PayloadCondition::Comparison;

constexpr std::string_view quotable = ".=!~\\ []";

bool is_quoted(std::string_view text, std::size_t at) {
  return text[at] == '\\' && at + 1 < text.size() && quotable.find(text[at + 1]) != std::string_view::npos;
}

/// Where the comparison stands; npos when there is none.
std::size_t find_comparison(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted(text, i))
      ++i;
    else if (text[i] == '=' || text[i] == '~' || text.substr(i, 2) == "!=")
      return i;
  }
  return std::string_view::npos;
}

/// The digits of a place of a list, `[2]`, that stands at the beginning of `text` with a part, a place or nothing
/// behind it; empty where none does.
std::string_view place_of(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789", 1);
  if (end == std::string_view::npos || end == 1 || text[end] != ']') return {};
  const std::string_view rest = text.substr(end + 1);
  const bool goes_on = rest.starts_with('.') || rest.starts_with('[');
  return goes_on || rest.find_first_not_of(" \t") == std::string_view::npos ? text.substr(1, end - 1)
                                                                            : std::string_view();
}

/// Parts of a dotted path; empty when a part is empty, or something else than a place of a list stands in brackets.
std::vector<std::string> path_parts(std::string_view path) {
  std::vector<std::string> parts(1);
  std::size_t blanks = 0;  // unquoted, at the end of the part so far
  path.remove_prefix(std::min(path.find_first_not_of(" \t"), path.size()));
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') {
      parts.emplace_back();
      blanks = 0;
      continue;
    }
    if (path[i] == '[') {
      const std::string_view place = place_of(path.substr(i));
      if (place.empty()) return {};
      if (!parts.back().empty()) parts.emplace_back();
      parts.back() = place;
      blanks = 0;
      i += place.size() + 1;
      continue;
    }
    const bool quoted = is_quoted(path, i);
    if (quoted) ++i;
    blanks = !quoted && (path[i] == ' ' || path[i] == '\t') ? blanks + 1 : 0;
    parts.back() += path[i];
  }
  parts.back().resize(parts.back().size() - blanks);
  for (const std::string& part : parts)
    if (part.empty()) return {};
  return parts;
}

}  // namespace

std::optional<PayloadCondition> parse_payload_condition(std::string_view text) {
  const std::size_t at = find_comparison(text);
  if (at == std::string_view::npos) return std::nullopt;
  PayloadCondition condition;
  condition.comparison = text[at] == '='   ? Comparison::equal
                         : text[at] == '~' ? Comparison::contains
                                           : Comparison::not_equal;
  condition.path = path_parts(text.substr(0, at));
  condition.value = text.substr(at + (condition.comparison == Comparison::not_equal ? 2 : 1));
  if (condition.path.empty()) return std::nullopt;
  return condition;
}

std::optional<std::string> whole_value(const PayloadCondition& condition) {
  if (condition.comparison == Comparison::contains) return std::nullopt;
  const std::size_t begin = condition.value.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos || (condition.value[begin] != '{' && condition.value[begin] != '['))
    return std::nullopt;
  std::optional<std::string> value = canonical_json(condition.value);
  // No text of PostgreSQL holds the character, so that it would refuse the question.
  if (value && value->find("\\u0000") != std::string::npos) return std::nullopt;
  return value;
}

std::string to_text(const PayloadCondition& condition) {
  std::string text;
  for (const std::string& part : condition.path) {
    if (!text.empty()) text += '.';
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool inner_blank = part[i] == ' ' && i > 0 && i + 1 < part.size();
      if (quotable.find(part[i]) != std::string_view::npos && !inner_blank) text += '\\';
      text += part[i];
    }
  }
  switch (condition.comparison) {
    case Comparison::equal: text += "="; break;
    case Comparison::not_equal: text += "!="; break;
    case Comparison::contains: text += "~"; break;
  }
  return text + condition.value;
}

}  // namespace queuetrace

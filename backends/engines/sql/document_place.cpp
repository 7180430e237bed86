#include "backends/engines/sql/document_place.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

/// A traceparent stands this near behind its word (bytes): PHP and YAML write little between them.
constexpr std::size_t nearest = 64;
constexpr std::string_view form = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

/// What is nested deeper is left out: writing it again would exhaust the stack.
constexpr int deepest = 64;

Json parsed(std::string_view text) {
  return Json::parse(
      text.begin(), text.end(), [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; }, false);
}

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_traceparent(std::string_view text) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'x' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  return true;
}

/// The member of a list or object; nullptr where there is none.
const Json* member_of(const Json& at, const std::string& name) {
  if (at.is_object()) {
    const auto found = at.find(name);
    return found == at.end() ? nullptr : &*found;
  }
  std::ptrdiff_t place = 0;
  const auto [rest, problem] = std::from_chars(name.data(), name.data() + name.size(), place);
  if (!at.is_array() || problem != std::errc() || rest != name.data() + name.size()) return nullptr;
  const auto size = static_cast<std::ptrdiff_t>(at.size());
  if (place < 0) place += size;
  return place < 0 || place >= size ? nullptr : &at[static_cast<std::size_t>(place)];
}

std::optional<TraceContext> of_header(std::string_view name, std::string_view text) {
  return context_from_carrier(
      Json{{std::string(name), std::string(text)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// The header's value: what may stand in an id, behind what may stand before one.
std::string value_behind(std::string_view text) {
  std::string value;
  const std::size_t start = text.find_first_not_of(" =:\"'\\;,");
  if (start == std::string_view::npos || start > 16) return value;
  for (const char c : text.substr(start, 128)) {
    const bool part = is_digit(c) || (c >= 'A' && c <= 'F') || c == ':' || c == '-';
    if (!part && c != '\\') break;
    if (part) value += c;
  }
  return value;
}

}  // namespace

std::optional<std::string> text_under(std::string_view text, const std::vector<std::string>& members) {
  if (members.empty()) return std::string(text);
  Json document = parsed(text);
  const Json* at = &document;
  for (const std::string& member : members) {
    if (at->is_string()) {
      Json inner = parsed(at->get_ref<const std::string&>());
      document = std::move(inner);
      at = &document;
    }
    at = member_of(*at, member);
    if (at == nullptr) return std::nullopt;
  }
  if (at->is_discarded() || at->is_null()) return std::nullopt;
  return at->is_string() ? at->get<std::string>() : at->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<TraceContext> context_behind(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::string_view rest = text.substr(at + word.size());
    for (std::size_t place = 0; place < std::min(nearest, rest.size()); ++place)
      if (is_traceparent(rest.substr(place)) && (place == 0 || !is_digit(rest[place - 1])))
        return of_header("traceparent", rest.substr(place, form.size()));
    if (std::optional<TraceContext> context = of_header(word, value_behind(rest))) return context;
  }
  return std::nullopt;
}

std::string longest_plain_part(std::string_view glob) {
  std::string_view longest;
  for (std::size_t start = 0; start < glob.size();) {
    std::size_t end = start;
    const auto is_plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
             c == '.';
    };
    while (end < glob.size() && is_plain(glob[end])) ++end;
    if (end - start > longest.size()) longest = glob.substr(start, end - start);
    start = end + 1;
  }
  return std::string(longest);
}

}  // namespace queuetrace

#include "backends/engines/redis/named_strings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/pickle.hpp"
#include "model/letter_case.hpp"
#include "tracing/trace_carrier_keys.hpp"

namespace queuetrace {
namespace {

using nlohmann::json;

/// Names of headers have a few ten characters; longer ones need not be compared.
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_strings = 4'096;

/// Of a pickle nobody knows which strings are names, but a name that is wanted is no value.
void add(NamedStrings& found, bool (*is_wanted)(std::string_view), std::string_view name, std::string_view text) {
  if (name.size() > longest_name || text.empty() || is_wanted(text)) return;
  std::string lower_name(name);
  std::ranges::transform(lower_name, lower_name.begin(), lower);
  if (is_wanted(lower_name) && std::ranges::find(found, lower_name, &NamedStrings::value_type::first) == found.end())
    found.emplace_back(std::move(lower_name), text);
}

/// parse_bounded() bounds the depth.
void add_members(NamedStrings& found, bool (*is_wanted)(std::string_view), const json& value) {
  for (const auto& [name, member] : value.items()) {
    if (value.is_object() && member.is_string()) add(found, is_wanted, name, member.get_ref<const std::string&>());
    if (member.is_structured()) add_members(found, is_wanted, member);
  }
}

/// The end of the string that begins with the quotation mark at `start`, as Python writes it; npos: it has none.
std::size_t end_of_string(std::string_view text, std::size_t start) {
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == text[start])
      return at;
  }
  return std::string_view::npos;
}

/// `'name': 'text'`, wherever that stands. What is escaped stays as it is: no wanted name, and no trace context, has
/// it.
void add_pairs(NamedStrings& found, bool (*is_wanted)(std::string_view), std::string_view text) {
  constexpr std::string_view marks = "'\"", between = ": ";
  std::string_view name;
  for (std::size_t start = text.find_first_of(marks); start != std::string_view::npos;) {
    const std::size_t end = end_of_string(text, start);
    if (end == std::string_view::npos) return;
    const std::string_view string = text.substr(start + 1, end - start - 1);
    if (!name.empty()) add(found, is_wanted, name, string);
    const std::size_t next = text.find_first_of(marks, end + 1);
    name = next == end + 1 + between.size() && text.substr(end + 1, between.size()) == between ? string
                                                                                               : std::string_view();
    start = next;
  }
}

}  // namespace

NamedStrings named_strings(std::string_view serialised, bool (*is_wanted)(std::string_view name)) {
  NamedStrings found;
  if (is_pickle(serialised)) {
    std::string_view before;
    for (const PickledString& one : pickled_strings(serialised, most_strings)) {
      if (one.follows) add(found, is_wanted, before, one.text);
      before = one.text;
    }
    return found;
  }
  if (serialised.starts_with('{') || serialised.starts_with('['))
    if (const json value = parse_bounded(serialised); value.is_structured()) {
      add_members(found, is_wanted, value);
      return found;
    }
  if (!serialised.empty() && std::string_view("{[(").find(serialised.front()) != std::string_view::npos)
    add_pairs(found, is_wanted, serialised);
  return found;
}

std::string carrier_in(std::string_view serialised) {
  json carrier = json::object();
  for (auto& [name, text] : named_strings(serialised, is_carrier_key)) carrier[name] = std::move(text);
  return carrier.empty() ? std::string() : carrier.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace queuetrace

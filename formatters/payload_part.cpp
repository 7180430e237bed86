#include "formatters/payload_part.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>

#include "formatters/record.hpp"
#include "model/moving_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

/// Whether the names begin with this one; then without it.
bool begins_with(std::string_view names, std::string_view name) {
  return names == name || (names.starts_with(name) && names[name.size()] == '.');
}
std::string_view names_behind(std::string_view names, std::size_t name) {
  return names.substr(std::min(names.size(), name + 1));
}

/// The number of an element, which is the first name.
std::optional<std::size_t> element(std::string_view names, std::size_t elements) {
  const std::string_view first = names.substr(0, names.find('.'));
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), number);
  if (error != std::errc() || end != first.data() + first.size() || number >= elements) return std::nullopt;
  return number;
}

/// A text or a whole number by itself, everything else as JSON.
Value value_of(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_string()) return Untrusted(json.get<std::string>());
  if (json.is_number_integer() && !(json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX))
    return json.get<std::int64_t>();
  return JsonText{Untrusted(json.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

Value part_of_json(const Json& whole, std::string_view names, const Redaction& redaction, bool& hides) {
  const Json* json = &whole;
  while (!names.empty()) {
    std::size_t longest = 0;
    const Json* next = nullptr;
    if (json->is_object()) {
      for (const auto& [name, value] : json->items())
        if (begins_with(names, name) && (next == nullptr || name.size() > longest)) {
          next = &value;
          longest = name.size();
        }
      if (next != nullptr && !next->is_null() && redaction.hides_key(names.substr(0, longest))) {
        hides = true;
        return std::string("***");
      }
    } else if (json->is_array()) {
      if (const std::optional<std::size_t> number = element(names, json->size())) next = &(*json)[*number];
      longest = std::min(names.find('.'), names.size());
    }
    if (next == nullptr) return {};
    json = next;
    names = names_behind(names, longest);
  }
  return value_of(*json);
}

}  // namespace

Value part_of(const Value& whole, std::string_view names, const Redaction& redaction, bool& hides) {
  const Value* value = &whole;
  while (!names.empty()) {
    const Value* next = nullptr;
    std::size_t longest = 0;
    if (const auto* text = std::get_if<JsonText>(value)) {
      const std::optional<Json> json = parse_moving<Json>(text->text.raw());
      return json ? part_of_json(*json, names, redaction, hides) : Value();
    }
    if (const auto* members = std::get_if<Fields>(value)) {
      for (const Field& member : *members)
        if (begins_with(names, member.name) && (next == nullptr || member.name.size() > longest)) {
          next = &member.value;
          longest = member.name.size();
        }
      if (next != nullptr && is_known(*next) && redaction.hides_key(names.substr(0, longest))) {
        hides = true;
        return std::string("***");
      }
    } else if (const auto* elements = std::get_if<Values>(value)) {
      if (const std::optional<std::size_t> number = element(names, elements->size())) next = &(*elements)[*number];
      longest = std::min(names.find('.'), names.size());
    }
    if (next == nullptr) return {};
    value = next;
    names = names_behind(names, longest);
  }
  return *value;
}

}  // namespace queuetrace

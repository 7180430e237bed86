#include "commands/change/json_reader.hpp"

#include <nlohmann/json.hpp>

#include "model/moving_json.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

using nlohmann::json;

json* member(json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

json* member(const std::shared_ptr<void>& object, std::string_view name) {
  return member(*static_cast<json*>(object.get()), name);
}

}  // namespace

std::optional<JsonObject> JsonObject::parse(std::string_view line) {
  std::optional<json> value = parse_moving<json>(line);
  if (!value || !value->is_object()) return std::nullopt;
  return JsonObject(std::make_shared<json>(*std::move(value)));
}

bool JsonObject::has(std::string_view name) const { return member(value_, name) != nullptr; }

std::optional<std::string> JsonObject::bytes(std::string_view name) const {
  json* value = member(value_, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  const json* encoded = member(*value, "base64");
  if (encoded == nullptr || !encoded->is_string()) return std::nullopt;
  return base64_decode(encoded->get<std::string>());
}

std::optional<std::string> JsonObject::take_bytes(std::string_view name) {
  json* value = member(value_, name);
  if (value == nullptr || !value->is_string()) return bytes(name);
  std::optional<std::string> text(std::move(value->get_ref<std::string&>()));
  return text;
}

std::string JsonObject::text(std::string_view name) const { return bytes(name).value_or(std::string()); }

std::optional<std::uint64_t> JsonObject::number(std::string_view name) const {
  const json* value = member(value_, name);
  if (value == nullptr || !value->is_number_unsigned()) return std::nullopt;
  return value->get<std::uint64_t>();
}

bool JsonObject::flag(std::string_view name) const {
  const json* value = member(value_, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

JsonObject JsonObject::object(std::string_view name) const {
  json* value = member(value_, name);
  if (value == nullptr || !value->is_object()) return JsonObject(std::make_shared<json>(json::object()));
  return JsonObject(std::shared_ptr<void>(value_, value));
}

std::vector<std::string> JsonObject::texts(std::string_view name) const {
  std::vector<std::string> texts;
  const json* value = member(value_, name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const json& one : *value)
    if (one.is_string()) texts.push_back(one.get<std::string>());
  return texts;
}

}  // namespace queuetrace

#include "commands/change/json_reader.hpp"

#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

const nlohmann::json* member(const nlohmann::json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::optional<nlohmann::json> parse_json_line(std::string_view line) {
  nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

std::optional<std::string> bytes_of(const nlohmann::json& object, std::string_view name) {
  const nlohmann::json* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  const nlohmann::json* encoded = member(*value, "base64");
  if (encoded == nullptr || !encoded->is_string()) return std::nullopt;
  return base64_decode(encoded->get<std::string>());
}

std::string text_of(const nlohmann::json& object, std::string_view name) {
  return bytes_of(object, name).value_or(std::string());
}

std::optional<std::uint64_t> number_of(const nlohmann::json& object, std::string_view name) {
  const nlohmann::json* value = member(object, name);
  if (value == nullptr || !value->is_number_unsigned()) return std::nullopt;
  return value->get<std::uint64_t>();
}

bool flag_of(const nlohmann::json& object, std::string_view name) {
  const nlohmann::json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

}  // namespace queuetrace

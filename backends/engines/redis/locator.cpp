#include "backends/engines/redis/locator.hpp"

#include <nlohmann/json.hpp>

#include "backends/engines/redis/system.hpp"
#include "model/error.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void not_ours() {
  throw Error(ErrorKind::usage, "the plan names a job in a way that this source cannot read")
      .with_hint("was it made for another kind of queue system?");
}

std::string bytes_in(const Json& document, const char* member) {
  if (!document.contains(member) || !document[member].is_string()) not_ours();
  std::optional<std::string> bytes = base64_decode(document[member].get_ref<const std::string&>());
  if (!bytes) not_ours();
  return *std::move(bytes);
}

}  // namespace

std::string_view Locator::field(std::string_view name) const {
  for (const auto& [known, value] : fields)
    if (known == name && value) return *value;
  return {};
}

Locator locate(const Entry& entry, const RedisSystem& system) {
  Locator locator;
  locator.key = std::string(entry.key);
  if (entry.place.container == Container::records) {
    locator.id = std::string(entry.raw);
    for (const std::string_view name : system.change.guard_fields) {
      const std::optional<std::string_view> value = entry.record.field(name);
      locator.fields.emplace_back(name, value ? std::optional(std::string(*value)) : std::nullopt);
    }
    if (system.change.standing != nullptr) locator.standing = system.change.standing(entry);
  } else {
    locator.element = std::string(entry.raw);
    locator.from_head = entry.place.newest == ListEnd::head;
    locator.position = entry.position;
  }
  return locator;
}

std::string to_text(const Locator& locator) {
  Json out;
  out["key"] = base64_encode(locator.key);
  if (locator.element) {
    out["element"] = base64_encode(*locator.element);
    out["from"] = locator.from_head ? "head" : "tail";
    out["position"] = locator.position;
    return out.dump();
  }
  out["id"] = base64_encode(locator.id);
  Json fields = Json::array();
  for (const auto& [name, value] : locator.fields)
    fields.push_back(value ? Json{name, base64_encode(*value)} : Json{name});
  out["fields"] = std::move(fields);
  if (locator.standing) out["standing"] = base64_encode(*locator.standing);
  return out.dump();
}

Locator read_redis_locator(const std::string& text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) not_ours();
  Locator locator;
  locator.key = bytes_in(document, "key");
  if (document.contains("element")) {
    locator.element = bytes_in(document, "element");
    if (!document.contains("from") || !document.contains("position") || !document["position"].is_number_unsigned())
      not_ours();
    locator.from_head = document["from"] == "head";
    locator.position = document["position"].get<std::uint64_t>();
    return locator;
  }
  locator.id = bytes_in(document, "id");
  if (!document.contains("fields") || !document["fields"].is_array()) not_ours();
  for (const Json& field : document["fields"]) {
    if (!field.is_array() || field.empty() || field.size() > 2) not_ours();
    for (const Json& part : field)
      if (!part.is_string()) not_ours();
    std::optional<std::string> value;
    if (field.size() == 2) {
      value = base64_decode(field[1].get_ref<const std::string&>());
      if (!value) not_ours();
    }
    locator.fields.emplace_back(field[0].get<std::string>(), std::move(value));
  }
  if (document.contains("standing")) locator.standing = bytes_in(document, "standing");
  return locator;
}

}  // namespace queuetrace

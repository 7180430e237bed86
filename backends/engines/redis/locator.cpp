#include "backends/engines/redis/locator.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "backends/drivers/redis/script.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/system.hpp"
#include "model/error.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Container, std::string_view>, 5> container_words{{{Container::list, "list"},
                                                                                 {Container::sorted_set, "sorted_set"},
                                                                                 {Container::set, "set"},
                                                                                 {Container::hash, "hash"},
                                                                                 {Container::records, "record"}}};

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

std::string bytes_if_in(const Json& document, const char* member) {
  return document.contains(member) ? bytes_in(document, member) : std::string();
}

void read_record(const Json& document, Locator& locator) {
  if (document.contains("record_size") && document["record_size"].is_number_unsigned())
    locator.record_size = document["record_size"].get<std::uint64_t>();
  locator.id = bytes_in(document, "id");
  locator.record = document.contains("record") ? bytes_in(document, "record") : locator.key;
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
}

}  // namespace

std::string_view Locator::guarded(std::string_view name) const {
  for (const auto& [known, value] : fields)
    if (known == name && value) return *value;
  return {};
}

Locator locate(const Entry& entry, const RedisSystem& system, const Deployment& deployment) {
  Locator locator;
  locator.container = entry.place.container;
  locator.key = std::string(entry.key);
  locator.queue = std::string(entry.queue);
  if (entry.place.container == Container::records) {
    locator.id = std::string(entry.raw);
    locator.record = locator.key;
  } else {
    locator.size = entry.raw.size();
    if (entry.raw.size() > largest_in_plan)
      locator.digest = sha1_hex(entry.raw);
    else
      locator.element = std::string(entry.raw);
    locator.field = std::string(entry.field);
    locator.score = std::string(entry.score);
    locator.from_head = entry.place.newest == ListEnd::head;
    locator.position = entry.position;
    if (entry.place.holds == Holds::ids && !system.read.record.empty()) {
      locator.id = std::string(entry.id);
      locator.record =
          fill_key(system.read.record, {.prefix = deployment.prefix, .queue = locator.queue, .id = entry.id});
    }
  }
  if (locator.record.empty()) return locator;
  for (const std::string_view name : system.change.guard_fields) {
    const std::optional<std::string_view> value = entry.record.field(name);
    locator.fields.emplace_back(name, value ? std::optional(std::string(*value)) : std::nullopt);
  }
  if (entry.text) locator.fields.emplace_back(std::string(), sha1_hex(*entry.text));
  if (system.change.standing != nullptr) locator.standing = system.change.standing(entry);
  return locator;
}

std::string to_text(const Locator& locator) {
  Json out;
  // An element that names no container lies in a list, and what has no element is a record.
  if (!locator.in_list() && locator.has_element())
    for (const auto& [container, word] : container_words)
      if (container == locator.container) out["in"] = word;
  out["key"] = base64_encode(locator.key);
  if (!locator.queue.empty()) out["queue"] = base64_encode(locator.queue);
  if (locator.has_element()) {
    if (locator.digest.empty()) {
      out["element"] = base64_encode(*locator.element);
    } else {
      out["sha1"] = locator.digest;
      out["size"] = locator.size;
    }
    if (locator.in_list()) {
      out["from"] = locator.from_head ? "head" : "tail";
      out["position"] = locator.position;
    }
    if (locator.container == Container::sorted_set) out["score"] = base64_encode(locator.score);
    if (locator.container == Container::hash) out["field"] = base64_encode(locator.field);
    if (locator.record.empty()) return out.dump();
    out["record"] = base64_encode(locator.record);
  }
  out["id"] = base64_encode(locator.id);
  Json fields = Json::array();
  for (const auto& [name, value] : locator.fields)
    fields.push_back(value ? Json{name, base64_encode(*value)} : Json{name});
  out["fields"] = std::move(fields);
  if (locator.standing) out["standing"] = base64_encode(*locator.standing);
  if (locator.record_size > 0) out["record_size"] = locator.record_size;
  return out.dump();
}

Locator read_redis_locator(const std::string& text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) not_ours();
  Locator locator;
  locator.key = bytes_in(document, "key");
  locator.queue = bytes_if_in(document, "queue");
  if (!document.contains("element") && !document.contains("sha1")) {
    locator.container = Container::records;
    read_record(document, locator);
    return locator;
  }
  if (document.contains("sha1")) {
    if (!document["sha1"].is_string() || !document.contains("size") || !document["size"].is_number_unsigned())
      not_ours();
    locator.digest = document["sha1"].get<std::string>();
    locator.size = document["size"].get<std::uint64_t>();
  } else {
    locator.element = bytes_in(document, "element");
    locator.size = locator.element->size();
  }
  if (document.contains("in")) {
    bool known = false;
    for (const auto& [container, word] : container_words)
      if (document["in"] == word && container != Container::records) {
        locator.container = container;
        known = true;
      }
    if (!known) not_ours();
  }
  if (locator.in_list()) {
    if (!document.contains("from") || (document["from"] != "head" && document["from"] != "tail") ||
        !document.contains("position") || !document["position"].is_number_unsigned())
      not_ours();
    locator.from_head = document["from"] == "head";
    locator.position = document["position"].get<std::uint64_t>();
  }
  if (locator.container == Container::sorted_set) locator.score = bytes_in(document, "score");
  if (locator.container == Container::hash) locator.field = bytes_in(document, "field");
  if (document.contains("record")) read_record(document, locator);
  return locator;
}

}  // namespace queuetrace

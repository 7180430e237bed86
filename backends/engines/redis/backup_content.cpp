#include "backends/engines/redis/backup_content.hpp"

#include <nlohmann/json.hpp>

#include "model/error.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

Json write_pairs(const Pairs& pairs) {
  Json out = Json::array();
  for (const auto& [name, value] : pairs) out.push_back({base64_encode(name), base64_encode(value)});
  return out;
}

void write_expiry(Json& out, const std::optional<std::int64_t>& expires_at_ms) {
  if (expires_at_ms) out["expires_at_ms"] = *expires_at_ms;
}

using KeyType = BackedUpKey::Type;
using PartKind = BackedUpPart::Kind;

struct PartNames {
  PartKind kind;
  const char* name;
  const char* value;
};
constexpr PartNames part_names[] = {{PartKind::member, "member", "score"},
                                    {PartKind::field, "field", "value"},
                                    {PartKind::set_member, "set_member", "value"}};

struct TypeName {
  KeyType type;
  const char* name;
};
constexpr TypeName pair_types[] = {{KeyType::hash, "hash"}, {KeyType::sorted_set, "sorted_set"}};
constexpr TypeName element_types[] = {{KeyType::string, "string"}, {KeyType::list, "list"}, {KeyType::set, "set"}};

Json write_key(const BackedUpKey& key) {
  Json one{{"key", base64_encode(key.key)}};
  for (const TypeName& type : pair_types)
    if (key.type == type.type) one[type.name] = write_pairs(key.fields);
  for (const TypeName& type : element_types) {
    if (key.type != type.type) continue;
    one[type.name] = Json::array();
    for (const std::string& element : key.elements) one[type.name].push_back(base64_encode(element));
  }
  if (key.type == KeyType::stream) {
    one["stream"] = Json::array();
    for (const auto& [id, fields] : key.entries) one["stream"].push_back({id, write_pairs(fields)});
  }
  write_expiry(one, key.expires_at_ms);
  return one;
}

[[noreturn]] void not_ours() {
  throw Error(ErrorKind::usage, "the backup holds a record that this source cannot read")
      .with_hint("was it made from another kind of queue system?");
}

/// Members of one JSON object; whatever is not as we write it is refused.
struct Reader {
  const Json& json;

  explicit Reader(const Json& object) : json(object) {
    if (!object.is_object()) not_ours();
  }
  bool has(const char* name) const { return json.contains(name); }
  const Json& at(const char* name) const {
    if (!json.contains(name)) not_ours();
    return json[name];
  }
  static std::string bytes_of(const Json& value) {
    if (!value.is_string()) not_ours();
    std::optional<std::string> bytes = base64_decode(value.get_ref<const std::string&>());
    if (!bytes) not_ours();
    return *std::move(bytes);
  }
  std::string bytes(const char* name) const { return bytes_of(at(name)); }
  const Json& array(const char* name) const {
    if (!at(name).is_array()) not_ours();
    return at(name);
  }
  static Pairs pairs_of(const Json& value) {
    if (!value.is_array()) not_ours();
    Pairs pairs;
    for (const Json& pair : value) {
      if (!pair.is_array() || pair.size() != 2) not_ours();
      pairs.emplace_back(bytes_of(pair[0]), bytes_of(pair[1]));
    }
    return pairs;
  }
  std::optional<std::int64_t> expiry() const {
    if (!has("expires_at_ms")) return std::nullopt;
    if (!at("expires_at_ms").is_number_integer()) not_ours();
    return at("expires_at_ms").get<std::int64_t>();
  }
};

BackedUpKey read_key(const Json& json) {
  const Reader one(json);
  BackedUpKey key;
  key.key = one.bytes("key");
  key.expires_at_ms = one.expiry();
  for (const TypeName& type : pair_types)
    if (one.has(type.name)) {
      key.type = type.type;
      key.fields = Reader::pairs_of(one.at(type.name));
    }
  for (const TypeName& type : element_types)
    if (one.has(type.name)) {
      key.type = type.type;
      for (const Json& element : one.array(type.name)) key.elements.push_back(Reader::bytes_of(element));
    }
  if (one.has("stream")) {
    key.type = KeyType::stream;
    for (const Json& entry : one.array("stream")) {
      if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string()) not_ours();
      key.entries.emplace_back(entry[0].get<std::string>(), Reader::pairs_of(entry[1]));
    }
  }
  if (key.fields.empty() && key.entries.empty() && key.elements.empty()) not_ours();
  return key;
}

BackedUpPart read_part(const Json& json) {
  const Reader one(json);
  for (const PartNames& names : part_names)
    if (one.has(names.name))
      return {names.kind, one.bytes("key"), one.bytes(names.name), one.bytes(names.value), one.expiry()};
  not_ours();
}

}  // namespace

std::string to_content(const BackedUpJob& job) {
  Json out = Json::object();
  if (job.element) {
    Json& element = out["element"];
    element["key"] = base64_encode(job.element->key);
    element["bytes"] = base64_encode(job.element->element);
    element["from"] = job.element->from_head ? "head" : "tail";
    element["position"] = job.element->position;
    write_expiry(element, job.element->expires_at_ms);
    if (job.keys.empty() && job.parts.empty()) return out.dump();
  }
  out["keys"] = Json::array();
  for (const BackedUpKey& key : job.keys) out["keys"].push_back(write_key(key));
  out["parts"] = Json::array();
  for (const BackedUpPart& part : job.parts)
    for (const PartNames& names : part_names) {
      if (names.kind != part.kind) continue;
      Json one{{"key", base64_encode(part.key)},
               {names.name, base64_encode(part.name)},
               {names.value, base64_encode(part.value)}};
      write_expiry(one, part.expires_at_ms);
      out["parts"].push_back(std::move(one));
    }
  return out.dump();
}

BackedUpJob read_content(const BackupRecord& record) {
  const Json document = Json::parse(record.content, nullptr, false);
  const Reader content(document);
  BackedUpJob job;
  if (content.has("element")) {
    const Reader element(content.at("element"));
    if (!element.at("position").is_number_unsigned()) not_ours();
    job.element = BackedUpElement{element.bytes("key"), element.bytes("bytes"), element.at("from") == "head",
                                  element.at("position").get<std::uint64_t>(), element.expiry()};
    if (!content.has("keys")) return job;
  }
  for (const Json& each : content.array("keys")) job.keys.push_back(read_key(each));
  for (const Json& each : content.array("parts")) job.parts.push_back(read_part(each));
  if (!job.element && job.keys.empty() && job.parts.empty()) not_ours();
  return job;
}

}  // namespace queuetrace

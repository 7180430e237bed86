#include "backends/engines/redis/backup_content.hpp"

#include <nlohmann/json.hpp>

#include "model/error.hpp"
#include "model/moving_json.hpp"
#include "tracing/base64.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

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

/// Writes the content straight into one text: a document of it would hold every value once more.
class RecordWriter {
 public:
  explicit RecordWriter(std::size_t bytes) { out_.reserve(bytes); }

  void element(const BackedUpElement& element) {
    name("element");
    out_ += '{';
    bytes("key", element.key);
    bytes("bytes", element.element);
    raw("from", element.from_head ? "\"head\"" : "\"tail\"");
    raw("position", std::to_string(element.position));
    expiry(element.expires_at_ms);
    out_ += '}';
  }
  void key(const BackedUpKey& key) {
    out_ += '{';
    bytes("key", key.key);
    for (const TypeName& type : pair_types)
      if (key.type == type.type) {
        name(type.name);
        pairs(key.fields);
      }
    for (const TypeName& type : element_types)
      if (key.type == type.type) list(type.name, key.elements, [&](const std::string& one) { literal(one); });
    if (key.type == KeyType::stream)
      list("stream", key.entries, [&](const auto& entry) {
        out_ += "[" + nlohmann::json(entry.first).dump() + ",";
        pairs(entry.second);
        out_ += ']';
      });
    expiry(key.expires_at_ms);
    out_ += '}';
  }
  void part(const BackedUpPart& part) {
    out_ += '{';
    bytes("key", part.key);
    for (const PartNames& names : part_names) {
      if (names.kind != part.kind) continue;
      bytes(names.name, part.name);
      bytes(names.value, part.value);
    }
    expiry(part.expires_at_ms);
    out_ += '}';
  }
  /// A member that is an array.
  template <typename Values, typename Write>
  void list(const char* of, const Values& values, const Write& write) {
    name(of);
    out_ += '[';
    for (const auto& value : values) {
      separate();
      write(value);
    }
    out_ += ']';
  }
  void begin() { out_ += '{'; }
  std::string end() && {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }
  void name(const char* of) {
    separate();
    out_ += '"';
    out_ += of;
    out_ += "\":";
  }
  void raw(const char* of, std::string_view text) {
    name(of);
    out_ += text;
  }
  void literal(std::string_view value) {
    out_ += '"';
    base64_append(out_, value);
    out_ += '"';
  }
  void bytes(const char* of, std::string_view value) {
    name(of);
    literal(value);
  }
  void pairs(const Pairs& values) {
    out_ += '[';
    for (const auto& [of, value] : values) {
      separate();
      out_ += '[';
      literal(of);
      out_ += ',';
      literal(value);
      out_ += ']';
    }
    out_ += ']';
  }
  void expiry(const std::optional<std::int64_t>& expires_at_ms) {
    if (expires_at_ms) raw("expires_at_ms", std::to_string(*expires_at_ms));
  }

  std::string out_;
};

/// Bytes that the job's content takes, about.
std::size_t length_of(const BackedUpJob& job) {
  constexpr std::size_t around = 64;  // names and punctuation of one value
  std::size_t bytes = around;
  const auto add = [&](std::size_t size) { bytes += base64_length(size) + around; };
  const auto add_pairs = [&](const Pairs& pairs) {
    for (const auto& [name, value] : pairs) add(name.size() + value.size());
  };
  if (job.element) add(job.element->key.size() + job.element->element.size());
  for (const BackedUpKey& key : job.keys) {
    add(key.key.size());
    add_pairs(key.fields);
    for (const std::string& element : key.elements) add(element.size());
    for (const auto& [id, fields] : key.entries) {
      add(id.size());
      add_pairs(fields);
    }
  }
  for (const BackedUpPart& part : job.parts) add(part.key.size() + part.name.size() + part.value.size());
  return bytes;
}

[[noreturn]] void not_ours() {
  throw Error(ErrorKind::usage, "the backup holds a record that this source cannot read")
      .with_hint("was it made from another kind of queue system?");
}

/// Members of one JSON object; whatever is not as we write it is refused. Texts go as they are decoded.
struct Reader {
  Json& json;

  explicit Reader(Json& object) : json(object) {
    if (!object.is_object()) not_ours();
  }
  bool has(const char* name) const { return json.contains(name); }
  Json& at(const char* name) const {
    if (!json.contains(name)) not_ours();
    return json[name];
  }
  static std::string bytes_of(Json& value) {
    if (!value.is_string()) not_ours();
    std::optional<std::string> bytes = base64_decode(value.get_ref<const std::string&>());
    if (!bytes) not_ours();
    value.get_ref<std::string&>() = {};
    return *std::move(bytes);
  }
  std::string bytes(const char* name) const { return bytes_of(at(name)); }
  Json& array(const char* name) const {
    if (!at(name).is_array()) not_ours();
    return at(name);
  }
  static Pairs pairs_of(Json& value) {
    if (!value.is_array()) not_ours();
    Pairs pairs;
    for (Json& pair : value) {
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

BackedUpKey read_key(Json& json) {
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
      for (Json& element : one.array(type.name)) key.elements.push_back(Reader::bytes_of(element));
    }
  if (one.has("stream")) {
    key.type = KeyType::stream;
    for (Json& entry : one.array("stream")) {
      if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string()) not_ours();
      key.entries.emplace_back(entry[0].get<std::string>(), Reader::pairs_of(entry[1]));
    }
  }
  if (key.fields.empty() && key.entries.empty() && key.elements.empty()) not_ours();
  return key;
}

BackedUpPart read_part(Json& json) {
  const Reader one(json);
  for (const PartNames& names : part_names)
    if (one.has(names.name))
      return {names.kind, one.bytes("key"), one.bytes(names.name), one.bytes(names.value), one.expiry()};
  not_ours();
}

}  // namespace

std::string to_content(const BackedUpJob& job) {
  RecordWriter writer(length_of(job));
  writer.begin();
  if (job.element) writer.element(*job.element);
  if (!job.element || !job.keys.empty() || !job.parts.empty()) {
    writer.list("keys", job.keys, [&](const BackedUpKey& key) { writer.key(key); });
    writer.list("parts", job.parts, [&](const BackedUpPart& part) { writer.part(part); });
  }
  return std::move(writer).end();
}

BackedUpJob read_content(BackupRecord record) {
  std::optional<Json> document = parse_moving<Json>(record.content);
  if (!document) not_ours();
  record.content = {};
  Reader content(*document);
  BackedUpJob job;
  if (content.has("element")) {
    Reader element(content.at("element"));
    if (!element.at("position").is_number_unsigned() || (element.at("from") != "head" && element.at("from") != "tail"))
      not_ours();
    job.element = BackedUpElement{element.bytes("key"), element.bytes("bytes"), element.at("from") == "head",
                                  element.at("position").get<std::uint64_t>(), element.expiry()};
    if (!content.has("keys")) return job;
  }
  for (Json& each : content.array("keys")) job.keys.push_back(read_key(each));
  for (Json& each : content.array("parts")) job.parts.push_back(read_part(each));
  if (!job.element && job.keys.empty() && job.parts.empty()) not_ours();
  return job;
}

}  // namespace queuetrace

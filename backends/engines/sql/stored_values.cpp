#include "backends/engines/sql/stored_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 64;

/// Strict UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(i);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    if (length > 2) {
      const unsigned char second = byte(i + 1);
      if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
          (first == 0xf4 && second > 0x8f))
        return false;
    }
    i += length;
  }
  return true;
}

std::string to_hex(std::string_view bytes) {
  std::string digits;
  digits.reserve(bytes.size() * 2);
  for (const char byte : bytes) fmt::format_to(std::back_inserter(digits), "{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

std::optional<std::string> from_hex(std::string_view digits) {
  const auto value = [](char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
  };
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = value(digits[i]), low = value(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

Json typed(const char* type, Json value) {
  Json object = Json::object();
  object[type] = std::move(value);
  return object;
}

Json encode_text(const std::string& bytes) { return is_utf8(bytes) ? Json(bytes) : typed("$hex", Json(to_hex(bytes))); }

Json encode_value(const Value& value);

Json encode_object(const Fields& fields) {
  std::set<std::string_view> names;
  const bool plain = std::all_of(fields.begin(), fields.end(), [&](const Field& field) {
    return is_utf8(field.name) && !field.name.starts_with('$') && names.insert(field.name).second;
  });
  if (plain) {
    Json object = Json::object();
    for (const Field& field : fields) object[field.name] = encode_value(field.value);
    return object;
  }
  Json pairs = Json::array();
  for (const Field& field : fields) pairs.push_back(Json::array({encode_text(field.name), encode_value(field.value)}));
  return typed("$fields", std::move(pairs));
}

struct ValueEncoder {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const {
    if (std::isfinite(value)) return value;
    return typed("$real", std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
  }
  Json operator()(const std::string& value) const { return typed("$own", encode_text(value)); }
  Json operator()(const Untrusted& value) const { return encode_text(value.raw()); }
  Json operator()(Timestamp value) const { return typed("$time", value.time_since_epoch().count()); }
  Json operator()(Milliseconds value) const { return typed("$ms", value.count()); }
  Json operator()(const JsonText& value) const { return typed("$json", encode_text(value.text.raw())); }
  Json operator()(const Values& values) const {
    Json array = Json::array();
    for (const Value& value : values) array.push_back(encode_value(value));
    return array;
  }
  Json operator()(const Fields& fields) const { return encode_object(fields); }
};

Json encode_value(const Value& value) { return std::visit(ValueEncoder{}, static_cast<const Value::variant&>(value)); }

/// The bytes of a string or of a `$hex`; absent for anything else.
std::optional<std::string> decode_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.size() == 1 && json.begin().key() == "$hex" && json.begin().value().is_string())
    return from_hex(json.begin().value().get_ref<const std::string&>());
  return std::nullopt;
}

Value decode_value(const Json& json, int depth);

std::optional<Fields> decode_pairs(const Json& pairs, int depth) {
  if (!pairs.is_array()) return std::nullopt;
  Fields fields;
  for (const Json& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2) return std::nullopt;
    std::optional<std::string> name = decode_text(pair[0]);
    if (!name) return std::nullopt;
    fields.push_back({std::move(*name), decode_value(pair[1], depth + 1)});
  }
  return fields;
}

/// Absent when the object is no typed value of ours.
std::optional<Value> decode_typed(std::string_view type, const Json& inner, int depth) {
  if (type == "$time" && inner.is_number_integer())
    return Value(Timestamp(std::chrono::microseconds(inner.get<std::int64_t>())));
  if (type == "$ms" && inner.is_number_integer()) return Value(Milliseconds(inner.get<std::int64_t>()));
  if (type == "$real" && inner.is_string()) {
    const std::string& word = inner.get_ref<const std::string&>();
    if (word == "nan") return Value(std::nan(""));
    if (word == "inf") return Value(HUGE_VAL);
    if (word == "-inf") return Value(-HUGE_VAL);
  }
  if (type == "$fields") {
    if (std::optional<Fields> fields = decode_pairs(inner, depth)) return Value(std::move(*fields));
    return std::nullopt;
  }
  std::optional<std::string> text = decode_text(inner);
  if (!text) return std::nullopt;
  if (type == "$own") return is_printable_ascii(*text) ? Value(std::move(*text)) : Value(Untrusted(std::move(*text)));
  if (type == "$json") return Value(JsonText{Untrusted(std::move(*text))});
  if (type == "$hex") {
    std::optional<std::string> bytes = from_hex(*text);
    if (bytes) return Value(Untrusted(std::move(*bytes)));
  }
  return std::nullopt;
}

Fields decode_object(const Json& object, int depth) {
  Fields fields;
  for (const auto& member : object.items()) fields.push_back({member.key(), decode_value(member.value(), depth + 1)});
  return fields;
}

Value decode_value(const Json& json, int depth) {
  if (depth > deepest) return std::monostate{};
  switch (json.type()) {
    case Json::value_t::boolean: return json.get<bool>();
    case Json::value_t::number_integer: return json.get<std::int64_t>();
    case Json::value_t::number_unsigned: {
      const std::uint64_t number = json.get<std::uint64_t>();
      if (number <= static_cast<std::uint64_t>(INT64_MAX)) return static_cast<std::int64_t>(number);
      return Untrusted(std::to_string(number));
    }
    case Json::value_t::number_float: return json.get<double>();
    case Json::value_t::string: return Untrusted(json.get<std::string>());
    case Json::value_t::array: {
      Values values;
      for (const Json& element : json) values.push_back(decode_value(element, depth + 1));
      return values;
    }
    case Json::value_t::object:
      if (json.size() == 1 && json.begin().key().starts_with('$'))
        if (std::optional<Value> value = decode_typed(json.begin().key(), json.begin().value(), depth)) return *value;
      return decode_object(json, depth);
    default: return std::monostate{};
  }
}

/// Null when the text is no JSON or too deep; the parser itself does not recurse.
Json parse(std::string_view text) {
  int open = 0, most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        quoted = false;
    } else if (text[i] == '"') {
      quoted = true;
    } else if (text[i] == '{' || text[i] == '[') {
      most = std::max(most, ++open);
    } else if (text[i] == '}' || text[i] == ']') {
      --open;
    }
  }
  if (most > deepest) return nullptr;
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(nullptr) : json;
}

std::string harmless(const std::string& text) {
  std::string shown;
  for (const char byte : text) {
    if (is_printable_ascii({&byte, 1}))
      shown += byte;
    else
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(byte));
  }
  return shown;
}

}  // namespace

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return byte >= 0x20 && byte <= 0x7e; });
}

std::optional<std::string> encode_fields(const Fields& fields) {
  if (fields.empty()) return std::nullopt;
  std::string text = encode_object(fields).dump();
  text.shrink_to_fit();  // it grew by doubling, and is held while it is written
  return text;
}

std::optional<std::string> encode_ids(const std::vector<Untrusted>& ids) {
  if (ids.empty()) return std::nullopt;
  Json array = Json::array();
  for (const Untrusted& id : ids) array.push_back(encode_text(id.raw()));
  return array.dump();
}

std::optional<std::string> encode_notes(const std::vector<Note>& notes) {
  if (notes.empty()) return std::nullopt;
  Json array = Json::array();
  for (const Note& note : notes) {
    Json object = Json::object();
    object["code"] = encode_text(note.code);
    object["text"] = encode_text(note.text);
    array.push_back(std::move(object));
  }
  return array.dump();
}

std::optional<Fields> decode_fields(std::string_view text) {
  const Json json = parse(text);
  if (!json.is_object()) return std::nullopt;
  Value value = decode_value(json, 0);
  if (Fields* fields = std::get_if<Fields>(&value)) return std::move(*fields);
  return std::nullopt;
}

std::optional<std::vector<Untrusted>> decode_ids(std::string_view text) {
  const Json json = parse(text);
  if (!json.is_array()) return std::nullopt;
  std::vector<Untrusted> ids;
  for (const Json& element : json) {
    std::optional<std::string> id = decode_text(element);
    if (!id) return std::nullopt;
    ids.emplace_back(std::move(*id));
  }
  return ids;
}

std::optional<std::vector<Note>> decode_notes(std::string_view text) {
  const Json json = parse(text);
  if (!json.is_array()) return std::nullopt;
  std::vector<Note> notes;
  for (const Json& element : json) {
    if (!element.is_object() || !element.contains("code") || !element.contains("text")) return std::nullopt;
    const std::optional<std::string> code = decode_text(element["code"]);
    const std::optional<std::string> words = decode_text(element["text"]);
    if (!code || !words) return std::nullopt;
    notes.push_back({harmless(*code), harmless(*words)});
  }
  return notes;
}

}  // namespace queuetrace

#include "backends/drivers/sqlite/functions.hpp"

#include <sqlite3.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "backends/drivers/sqlite/jsonb.hpp"
#include "model/canonical_json.hpp"
#include "model/time.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_json = 16 << 20;

std::string_view bytes_of(sqlite3_value* value) {
  const void* bytes = sqlite3_value_blob(value);
  return {static_cast<const char*>(bytes == nullptr ? "" : bytes),
          static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

constexpr int deepest = 200;

/// Whether SQLite's JSON functions take the text: they end a statement at one that they do not.
bool is_json(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '}' || c == ']'))
      --depth;
    else if (!quoted && (c == '{' || c == '[') && ++depth > deepest)
      return false;
  }
  return nlohmann::json::accept(text);
}

void json_of(sqlite3_context* context, int, sqlite3_value** arguments) {
  const int type = sqlite3_value_type(arguments[0]);
  if (type != SQLITE_BLOB && type != SQLITE_TEXT) return;
  const std::string_view bytes = bytes_of(arguments[0]);
  if (bytes.size() > most_json) return;
  const std::optional<std::string> decoded = type == SQLITE_BLOB ? json_of_jsonb(bytes, most_json) : std::nullopt;
  // Files of a queue that changed from text to JSONB hold both in one column.
  const std::string_view json = decoded ? *decoded : bytes;
  if (decoded || is_json(json)) sqlite3_result_text64(context, json.data(), json.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// What Go prints of a time, `2026-01-02 03:04:05.678 +0000 UTC m=+0.5`, up to its offset and without the blank before
/// that: docs/systems/river.md section 10. Anything else as it is.
std::string go_time(std::string_view text) {
  const std::size_t clock = text.find(' ');
  const std::size_t offset = clock == text.npos ? clock : text.find(' ', clock + 1);
  const std::size_t name = offset == text.npos ? offset : text.find(' ', offset + 1);
  if (name == text.npos) return std::string(text);
  return std::string(text.substr(0, offset)).append(text.substr(offset + 1, name - offset - 1));
}

void micros_of(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return;
  const std::string_view text = bytes_of(arguments[0]);
  std::optional<Timestamp> time = parse_timestamp(text);
  if (!time) time = parse_timestamp(go_time(text));
  if (time) sqlite3_result_int64(context, time->time_since_epoch().count());
}

void canonical(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return;
  if (const std::optional<std::string> json = canonical_json(bytes_of(arguments[0])))
    sqlite3_result_text64(context, json->data(), json->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

int add_functions(sqlite3* database) {
  constexpr int kind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  const auto add = [&](const char* name, void (*function)(sqlite3_context*, int, sqlite3_value**)) {
    return sqlite3_create_function_v2(database, name, 1, kind, nullptr, function, nullptr, nullptr, nullptr);
  };
  if (const int code = add("json_of", json_of); code != SQLITE_OK) return code;
  if (const int code = add("canonical_json", canonical); code != SQLITE_OK) return code;
  return add("micros_of", micros_of);
}

}  // namespace queuetrace

#include "backends/engines/sql/row_content.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/moving_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

/// Appends a JSON string, whose characters are looked at in parts: a copy of a large value would be held beside it.
/// Throws Json::type_error where `text` is not UTF-8.
void append_text(std::string& out, std::string_view text) {
  constexpr std::size_t part = 64 * 1024;
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };  // within a character
  out += '"';
  while (!text.empty()) {
    std::size_t end = std::min(text.size(), part);
    while (end < text.size() && end > part - 4 && goes_on(text[end])) --end;
    const std::string_view now = text.substr(0, end);
    text.remove_prefix(end);
    if (std::ranges::all_of(now, is_plain)) {
      out += now;
      continue;
    }
    const std::string escaped = Json(now).dump();
    out.append(escaped, 1, escaped.size() - 2);
  }
  out += '"';
}

/// Bytes of the JSON string as far as its quotes and backslashes tell.
std::size_t longest_literal(std::string_view text) {
  return text.size() + 2 + static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
           return c == '"' || c == '\\' || c == '\n';
         }));
}

}  // namespace

Error unreadable_backup() {
  return Error(ErrorKind::usage, "the backup holds a record that this source cannot read")
      .with_hint("was it made from another kind of queue system?");
}

ContentWriter::ContentWriter(std::string_view table, const std::vector<std::string_view>& names) {
  start_ = "{\"table\":";
  append_text(start_, table);
  start_ += ",\"columns\":{";
  for (const std::string_view name : names) {
    std::string& key = keys_.emplace_back(keys_.empty() ? "" : ",");
    append_text(key, name);
    key += ':';
  }
}

std::string ContentWriter::row(const SqlResult& rows, std::size_t row, std::size_t column) const {
  std::string out = start_;
  std::size_t size = 64;  // room for what stands around the row, too
  for (std::size_t i = 0; i < keys_.size(); ++i)
    size += keys_[i].size() + longest_literal(rows.cell(row, column + i).value_or(""));
  out.reserve(out.size() + size);
  for (const std::string& key : keys_) {
    out += key;
    if (const std::optional<std::string_view> text = rows.cell(row, column++))
      append_text(out, *text);
    else
      out += "null";
  }
  out += "}}";
  return out;
}

std::vector<StoredRow> kept_rows_in(std::string kept) {
  Json content = parse_moving<Json>(kept).value_or(Json());
  kept = {};
  if (!content.is_object() || !content.contains("rows") || !content["rows"].is_array() || content["rows"].empty())
    throw unreadable_backup();
  std::vector<StoredRow> rows;
  for (Json& row : content["rows"]) {
    if (!row.is_object() || !row.contains("table") || !row["table"].is_string() || !row.contains("columns") ||
        !row["columns"].is_object())
      throw unreadable_backup();
    StoredRow& out = rows.emplace_back();
    out.table = row["table"].get<std::string>();
    for (auto& [name, text] : row["columns"].items()) {
      if (!text.is_string() && !text.is_null()) throw unreadable_backup();
      out.columns[name] = text.is_null() ? std::nullopt : std::optional(std::move(text.get_ref<std::string&>()));
    }
  }
  return rows;
}

}  // namespace queuetrace

#include "backends/engines/sql/row_changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "backends/engines/sql/stored_values.hpp"
#include "model/error.hpp"
#include "model/moving_json.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<const StoredRow*>;

Error unreadable_change() {
  return Error(ErrorKind::usage, "the file holds a record that this source cannot read")
      .with_hint("was it made from another kind of queue system?");
}

/// Rows by table, those left out whose places are among the others.
std::map<std::string, Rows> without(const std::vector<StoredRow>& rows, const std::vector<StoredRow>& others) {
  std::set<std::pair<std::string_view, std::string_view>> there;
  for (const StoredRow& row : others) there.emplace(row.table, row.place);
  std::map<std::string, Rows> left;
  for (const StoredRow& row : rows)
    if (!there.contains({row.table, row.place})) left[row.table].push_back(&row);
  return left;
}

StoredRow::Columns different(const StoredRow& before, const StoredRow& after) {
  StoredRow::Columns columns;
  for (const auto& [name, text] : before.columns) {
    const auto now = after.columns.find(name);
    if (now == after.columns.end() || now->second != text) columns[name] = text;
  }
  return columns;
}

Json json_of(const StoredRow::Columns& columns) {
  Json out = Json::object();
  for (const auto& [name, text] : columns) out[name] = text ? Json(*text) : Json();
  return out;
}

}  // namespace

bool holds(const StoredRow& row, const StoredRow::Columns& values) {
  return std::ranges::all_of(values, [&](const auto& column) {
    const auto found = row.columns.find(column.first);
    return found != row.columns.end() && found->second == column.second;
  });
}

std::string refusal_content(std::string_view why) { return Json{{"refused", why}}.dump(); }

std::optional<std::string> refusal_in(const BackupRecord& record) {
  const Json content = Json::parse(record.content, nullptr, false);
  if (!content.is_object() || !content.contains("refused") || !content["refused"].is_string()) return std::nullopt;
  const std::string why = content["refused"].get<std::string>();
  return is_printable_ascii(why) ? why : "it cannot be undone";  // the file may be anybody's
}

std::vector<RowChange> row_changes(const std::vector<StoredRow>& before, const std::vector<StoredRow>& after) {
  const std::map<std::string, Rows> went = without(before, after);
  std::map<std::string, Rows> came = without(after, before);
  std::vector<RowChange> changes;
  for (const auto& [table, old_rows] : went) {
    Rows& new_rows = came[table];
    if (old_rows.size() == 1 && new_rows.size() == 1) {
      changes.push_back({table, different(*old_rows.front(), *new_rows.front()), new_rows.front()->place});
      new_rows.clear();
      continue;
    }
    for (const StoredRow* row : old_rows) changes.push_back({table, row->columns, {}});
  }
  for (const auto& [table, new_rows] : came)
    for (const StoredRow* row : new_rows) changes.push_back({table, std::nullopt, row->place});
  return changes;
}

std::string changes_content(const std::vector<RowChange>& changes) {
  if (changes.empty()) return {};
  Json list = Json::array();
  for (const RowChange& change : changes) {
    list.push_back({{"table", change.table}, {"was", change.was ? json_of(*change.was) : Json()}, {"is", change.is}});
    if (!change.of.empty()) list.back()["of"] = change.of;
  }
  try {
    return Json{{"changes", std::move(list)}}.dump();
  } catch (const Json::type_error&) {
    return refusal_content("what was there holds bytes that are not UTF-8, which no file of ours can keep");
  }
}

std::vector<RowChange> read_changes(std::string text) {
  Json content = parse_moving<Json>(text).value_or(Json());
  text = {};
  if (!content.is_object() || !content.contains("changes") || !content["changes"].is_array() ||
      content["changes"].empty())
    throw unreadable_change();
  std::vector<RowChange> changes;
  for (Json& one : content["changes"]) {
    if (!one.is_object() || !one.contains("table") || !one["table"].is_string() || !one.contains("is") ||
        !one["is"].is_string() || !one.contains("was") || !(one["was"].is_object() || one["was"].is_null()))
      throw unreadable_change();
    RowChange& change = changes.emplace_back();
    change.table = one["table"].get<std::string>();
    change.is = one["is"].get<std::string>();
    if (one.contains("of") && one["of"].is_string()) change.of = one["of"].get<std::string>();
    if (change.is.empty() && one["was"].is_null()) throw unreadable_change();
    if (one["was"].is_null()) continue;
    change.was.emplace();
    for (auto& [name, value] : one["was"].items()) {
      if (!value.is_string() && !value.is_null()) throw unreadable_change();
      (*change.was)[name] = value.is_null() ? std::nullopt : std::optional(std::move(value.get_ref<std::string&>()));
    }
  }
  return changes;
}

}  // namespace queuetrace

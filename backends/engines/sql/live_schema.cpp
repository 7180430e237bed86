#include "backends/engines/sql/live_schema.hpp"

#include <algorithm>
#include <set>

#include "backends/engines/sql/catalogue_query.hpp"
#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    std::size_t end = 0;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != ' '); ++end)
      if (text[end] == '"') quoted = !quoted;
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string unquoted_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '"')
      out += name[i];
    else if (i > 0 && i + 1 < name.size() && name[i + 1] == '"')
      out += name[i++];
  }
  return out;
}

namespace {

/// Where `sought` stands outside double quotes; the end of `text` where it does not.
std::size_t unquoted_place(std::string_view text, char sought) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && text[i] == sought) return i;
  }
  return text.size();
}

}  // namespace

const LiveTable* LiveSchema::find(std::string_view table) const {
  const auto found = tables.find(table);
  return found == tables.end() ? nullptr : &found->second;
}

const LiveTable& LiveSchema::refused(std::string_view table) const {
  static const LiveTable none;
  const LiveTable* columns = find(std::string(table) + ":refused");
  return columns == nullptr ? none : *columns;
}

bool LiveSchema::is_partly_refused(std::string_view table) const {
  const LiveTable* live = find(table);
  return live != nullptr && !refused(table).empty() && refused(table).size() < live->size();
}

bool LiveSchema::hides_rows(std::string_view table) const { return find(std::string(table) + ":hidden") != nullptr; }

std::string_view LiveSchema::kind_of(std::string_view table) const {
  const LiveTable* kind = find(std::string(table) + ":kind");
  if (kind == nullptr || kind->empty()) return {};
  const std::string& letter = kind->begin()->first;
  return letter == "v" ? "view" : letter == "m" ? "materialized view" : "foreign table";
}

bool LiveSchema::meets(std::string_view needs, std::string_view table, std::string_view variant) const {
  const auto holds = [&](std::string_view word) {
    if (word.starts_with('@')) return word.substr(1) == variant;
    std::string_view type;
    if (const std::size_t equals = unquoted_place(word, '='); equals < word.size()) {
      type = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    std::string owner(table);
    if (const std::size_t dot = unquoted_place(word, '.'); dot < word.size()) {
      owner = unquoted_name(word.substr(0, dot));
      word = word.substr(dot + 1);
    }
    const LiveTable* live = find(owner);
    if (live == nullptr) return false;
    if (word.empty()) return true;
    const auto column = live->find(unquoted_name(word));
    return column != live->end() && (type.empty() || column->second == type);
  };
  return std::ranges::all_of(words_of(needs), [&](std::string_view word) {
    return word.starts_with('!') ? !holds(word.substr(1)) : holds(word);
  });
}

std::vector<LiveSchema> read_live_schemas(SqlConnection& connection, std::span<const SqlSystem* const> systems,
                                          std::chrono::milliseconds timeout) {
  std::set<std::string> names, job_tables;
  for (const SqlSystem* system : systems) {
    for (const SqlRelation& relation : system->relations) {
      if (relation.family == nullptr) job_tables.emplace(relation.table);
      for (const SqlCarrier& carrier : relation.carriers)
        if (!carrier.table.empty()) names.emplace(carrier.table);
    }
    for (const std::string_view table : system->tables) names.emplace(table);
  }
  names.insert(job_tables.begin(), job_tables.end());
  const SqlFlavour flavour = connection.flavour();
  const std::vector<std::string> list(names.begin(), names.end());
  std::optional<std::string> path;
  if (flavour == SqlFlavour::postgresql) {
    SqlStatement searched{"SELECT pg_catalog.current_schemas(false)", {}};
    searched.own_search_path = true;
    path = connection.query(searched, timeout)->cell(0, 0);
  }
  std::map<std::string, LiveSchema> by_name;
  bool has_views = false;
  const auto read = [&](const SqlStatement& query) {
    const std::unique_ptr<SqlResult> rows = connection.query(query, timeout);
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      const auto text = [&](std::size_t column) { return std::string(rows->cell(row, column).value_or("")); };
      LiveSchema& schema = by_name[text(0)];
      schema.name = text(0);
      if (rows->cell(row, 4)) schema.path_position = std::atoi(text(4).c_str());
      LiveTable& table = schema.tables[text(1)];
      const bool is_shown = text(5) == "true" || job_tables.contains(text(1));
      (is_shown ? table : schema.withheld[text(1)])[text(2)] = text(3);
      has_views = has_views || (text(3) == "kind" && text(2) == "v");
    }
  };
  read(catalogue_query(flavour, list, path));
  if (has_views) read(hidden_behind_views_query(list, path));
  std::vector<LiveSchema> schemas;
  for (auto& [name, schema] : by_name) schemas.push_back(std::move(schema));
  std::ranges::stable_sort(schemas, {},
                           [](const LiveSchema& schema) { return schema.path_position.value_or(1 << 20); });
  return schemas;
}

}  // namespace queuetrace

#include "backends/engines/sql/table_family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/catalogue_query.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/granted_columns.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace {
namespace {

/// `headers=jsonb`: a column and its type.
std::pair<std::string, std::string> column_of(std::string_view word) {
  const std::size_t equals = std::min(word.rfind('='), word.size());
  return {unquoted_name(word.substr(0, equals)), std::string(word.substr(std::min(equals + 1, word.size())))};
}

std::string null_of(SqlFlavour flavour, const std::string& type) {
  return flavour == SqlFlavour::postgresql ? fmt::format("NULL::{}", quoted_identifier(type)) : std::string("NULL");
}

/// What tells a job from another, its state and its place in every order.
std::string telling(const SqlSystem& system, const SqlRelation& relation) {
  std::string sql(system.id_expression);
  for (const std::span<const SqlOrderKey> keys : {system.newest, system.storage})
    for (const SqlOrderKey& key : keys) sql += fmt::format(" {}", key.expression);
  for (const SqlStateRule& rule : relation.states) sql += fmt::format(" {} {}", relation.state, rule.when);
  return sql;
}

void read_members(SqlConnection& connection, const SqlSystem& system, const SqlRelation& relation, LiveSchema& schema,
                  std::chrono::milliseconds timeout) {
  const SqlFlavour flavour = connection.flavour();
  const std::unique_ptr<SqlResult> named =
      connection.query({fmt::format("SELECT * FROM ({}) members LIMIT {}",
                                    expand_names(relation.family->members, schema.name, {}), most_family_members + 1),
                        {}},
                       timeout);
  std::vector<FamilyMember> members;
  std::vector<std::string> tables;
  schema.has_more_members = schema.has_more_members || named->rows() > most_family_members;
  for (std::size_t row = 0; row < std::min(named->rows(), most_family_members); ++row) {
    members.push_back({std::string(named->cell(row, 0).value_or("")), std::string(named->cell(row, 1).value_or(""))});
    tables.push_back(members.back().table);
  }
  const std::unique_ptr<SqlResult> columns = connection.query(catalogue_query(flavour, tables), timeout);
  std::map<std::string, LiveTable, std::less<>> found;
  for (std::size_t row = 0; row < columns->rows(); ++row) {
    const auto text = [&](std::size_t column) { return std::string(columns->cell(row, column).value_or("")); };
    if (text(0) == schema.name) found[text(1)][text(2)] = text(3);
  }
  LiveTable& all = schema.tables[std::string(relation.table)];
  std::vector<FamilyMember>& kept = schema.families[std::string(relation.table)];
  for (FamilyMember& member : members) {
    const auto live = found.find(member.table);
    const bool taken = std::ranges::any_of(kept, [&](const FamilyMember& one) { return one.table == member.table; });
    if (live == found.end() || taken) continue;
    for (const char* mark : {":hidden", ":refused"})
      if (const auto marked = found.find(member.table + mark); marked != found.end())
        schema.tables[marked->first] = marked->second;
    if (names_column(telling(system, relation), schema.refused(member.table))) {
      schema.unread_members.push_back(member.table);
      continue;
    }
    all.insert(live->second.begin(), live->second.end());
    schema.tables[member.table] = live->second;
    kept.push_back(std::move(member));
  }
  // Without members too the relation is there, and empty.
  for (const std::string_view word : words_of(relation.family->columns)) all.insert(column_of(word));
  all.emplace("queue", "text");
}

}  // namespace

void read_families(SqlConnection& connection, const SqlSystem& system, LiveSchema& schema,
                   std::chrono::milliseconds timeout) {
  for (const SqlRelation& relation : system.relations)
    if (relation.family != nullptr) read_members(connection, system, relation, schema, timeout);
}

std::string family_rows(SqlFlavour flavour, const LiveSchema& schema, const SqlRelation& relation) {
  const std::vector<std::string_view> columns = words_of(relation.family->columns);
  std::string out;
  const auto members = schema.families.find(relation.table);
  for (const FamilyMember& member : members == schema.families.end() ? std::vector<FamilyMember>() : members->second) {
    const LiveTable* live = schema.find(member.table);
    out += fmt::format("{}SELECT {} AS queue", out.empty() ? "" : " UNION ALL ", quoted_literal(flavour, member.queue));
    for (const std::string_view word : columns) {
      const auto [name, type] = column_of(word);
      const bool has = live != nullptr && live->contains(name) && !schema.refused(member.table).contains(name);
      out += fmt::format(", {} AS {}", has ? "t." + quoted_identifier(name) : null_of(flavour, type),
                         quoted_identifier(name));
    }
    out += fmt::format(" FROM {} t", qualified_name(schema.name, member.table));
  }
  if (out.empty()) {
    out = fmt::format("SELECT {} AS queue", null_text(flavour));
    for (const std::string_view word : columns) {
      const auto [name, type] = column_of(word);
      out += fmt::format(", {} AS {}", null_of(flavour, type), quoted_identifier(name));
    }
    out += " WHERE 1 = 0";
  }
  return "(" + out + ")";
}

std::string member_rows(SqlFlavour flavour, const LiveSchema& schema, const SqlRelation& relation,
                        std::string_view queue) {
  const auto members = schema.families.find(relation.table);
  if (members == schema.families.end()) return {};
  const auto member = std::ranges::find(members->second, queue, &FamilyMember::queue);
  if (member == members->second.end()) return {};
  const LiveTable* live = schema.find(member->table);
  std::string out = fmt::format("(SELECT {} AS queue, {}t.*", quoted_literal(flavour, member->queue),
                                flavour == SqlFlavour::postgresql ? "t.xmin, " : "");
  for (const std::string_view word : words_of(relation.family->columns)) {
    const auto [name, type] = column_of(word);
    if (live == nullptr || !live->contains(name))
      out += fmt::format(", {} AS {}", null_of(flavour, type), quoted_identifier(name));
  }
  return fmt::format("{} FROM {} t)", out, qualified_name(schema.name, member->table));
}

}  // namespace queuetrace

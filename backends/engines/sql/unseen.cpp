// What of the tables this role may not see, as the catalogue told when the store was opened.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/table_family.hpp"
#include "model/plain_names.hpp"

namespace queuetrace {
namespace {

/// Whether the table names the tables of queues: those whose names it hides are never asked for.
bool names_queues(const SqlSystem& system, std::string_view table) {
  return std::ranges::any_of(system.relations, [&](const SqlRelation& relation) {
    return relation.family != nullptr &&
           relation.family->members.find(fmt::format("{{{}}}", table)) != std::string::npos;
  });
}

constexpr const char* remedy = "ask as the tables' owner, or as a role with BYPASSRLS";

}  // namespace

std::vector<Finding> SqlJobStore::unseen() {
  std::vector<Finding> out;
  for (std::optional<Finding> rows : {hidden_rows(), hidden_beside()})
    if (rows) out.push_back(std::move(*rows));
  if (!system_.unread_schemas.empty()) {
    Finding schemas{Finding::Severity::warning, "schemas", "", "", "unread-schema"};
    for (const std::string& name : system_.unread_schemas) schemas.names.emplace_back(name);
    schemas.text = fmt::format("jobs of {} in other schemas than the search path's are not read: {}",
                               system_.system->info.title, plain_names(schemas.names));
    schemas.remedy = "name each schema in a source of its own: schema = \"NAME\" (queuetrace-config(5))";
    schemas.count = Count{schemas.names.size(), Exactness::exact};
    out.push_back(std::move(schemas));
  }
  if (system_.schema.has_more_members)
    out.push_back({Finding::Severity::warning, "queues",
                   fmt::format("only the jobs of the first {} queues are read, each of which has a table of its own",
                               most_family_members),
                   "", "unread-queues"});
  out.insert(out.end(), system_.beside.begin(), system_.beside.end());
  if (system_.unreadable.empty() && system_.schema.unread_members.empty()) return out;
  Finding tables{Finding::Severity::warning, "permissions", "", "", "unreadable-table"};
  std::vector<std::string> grants;
  for (const SqlRelation* relation : system_.unreadable) {
    grants.push_back(qualified_name(system_.schema.name, relation->table));
    tables.names.emplace_back(std::string(relation->table));
  }
  for (const std::string& table : system_.schema.unread_members) tables.names.emplace_back(table);
  // Names of queues' tables are data, which a command to paste does not repeat.
  if (!system_.schema.unread_members.empty())
    grants = {"ALL TABLES IN SCHEMA " + quoted_identifier(system_.schema.name)};
  tables.text = fmt::format("this role may not read the jobs in {}", plain_names(tables.names));
  tables.remedy = fmt::format("GRANT SELECT ON {} TO this_role", fmt::join(grants, ", "));
  tables.count = Count{tables.names.size(), Exactness::exact};
  out.push_back(std::move(tables));
  return out;
}

std::optional<Finding> SqlJobStore::hidden_rows() const {
  Finding rows{Finding::Severity::warning, "row level security", "", remedy, "row-security"};
  std::vector<std::string_view> tables;
  for (const BoundRelation& relation : system_.relations) {
    const std::string_view table = relation.description->table;
    if (system_.schema.hides_rows(table)) {
      tables.push_back(table);
      rows.names.emplace_back(std::string(table));
    }
    const auto members = system_.schema.families.find(table);
    if (members == system_.schema.families.end()) continue;
    const std::size_t before = rows.names.size();
    for (const FamilyMember& member : members->second)
      if (system_.schema.hides_rows(member.table)) rows.names.emplace_back(member.table);
    if (rows.names.size() > before) tables.push_back("tables of its queues");
  }
  for (const std::string_view table : system_.system->tables)
    if (names_queues(*system_.system, table) && system_.schema.hides_rows(table)) {
      tables.push_back(table);
      rows.names.emplace_back(std::string(table));
    }
  if (tables.empty()) return std::nullopt;
  rows.text = fmt::format("row level security may hide jobs from this role in {}", fmt::join(tables, ", "));
  rows.count = Count{rows.names.size(), Exactness::exact};
  return rows;
}

std::optional<Finding> SqlJobStore::hidden_beside() const {
  Finding beside{Finding::Severity::warning, "row level security", "", remedy, "hidden-rows"};
  for (const std::string_view table : system_.system->tables) {
    const bool has_jobs = std::ranges::any_of(
        system_.relations, [&](const BoundRelation& relation) { return relation.description->table == table; });
    if (!has_jobs && !names_queues(*system_.system, table) && system_.schema.hides_rows(table))
      beside.names.emplace_back(std::string(table));
  }
  if (beside.names.empty()) return std::nullopt;
  beside.text =
      fmt::format("row level security may hide rows of {} from this role: states, queues or pauses may be wrong",
                  plain_names(beside.names));
  beside.count = Count{beside.names.size(), Exactness::exact};
  return beside;
}

std::optional<Finding> SqlJobStore::refused_columns() const {
  Finding columns{Finding::Severity::note, "permissions",
                  "this role may not read these columns: what they hold is told of no job", "", "unread-columns"};
  for (const BoundRelation& relation : system_.relations) {
    for (const auto& [column, type] : relation.refused)
      columns.names.emplace_back(fmt::format("{}.{}", relation.description->table, column));
    if (const auto members = system_.schema.families.find(relation.description->table);
        members != system_.schema.families.end())
      for (const FamilyMember& member : members->second)
        for (const auto& [column, type] : system_.schema.refused(member.table))
          columns.names.emplace_back(fmt::format("{}.{}", member.table, column));
  }
  if (columns.names.empty()) return std::nullopt;
  columns.count = Count{columns.names.size(), Exactness::exact};
  return columns;
}

void SqlJobStore::tell_missing(const JobQuery& query, Page& page) const {
  if (!query.payload || query.after) return;
  if (const std::optional<Finding> columns = refused_columns())
    page.warnings.push_back(fmt::format("jobs of {} miss what this role may not read: {}", system_.system->info.title,
                                        plain_names(columns->names)));
}

}  // namespace queuetrace

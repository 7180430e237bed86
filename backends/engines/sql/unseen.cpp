// What of the tables this role may not see, as the catalogue told when the store was opened.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/job_store.hpp"

namespace queuetrace {
namespace {

constexpr const char* remedy = "ask as the tables' owner, or as a role with BYPASSRLS";

}  // namespace

std::vector<Finding> SqlJobStore::unseen() {
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
  if (tables.empty()) return {};
  rows.text = fmt::format("row level security may hide jobs from this role in {}", fmt::join(tables, ", "));
  rows.count = Count{rows.names.size(), Exactness::exact};
  return {std::move(rows)};
}

std::optional<Finding> SqlJobStore::hidden_beside() const {
  Finding beside{Finding::Severity::note, "row level security",
                 "these tables beside the jobs may hide rows from this role: what is missing there proves nothing",
                 remedy, "hidden-rows"};
  for (const std::string_view table : system_.system->tables)
    if (system_.schema.hides_rows(table)) beside.names.emplace_back(std::string(table));
  if (beside.names.empty()) return std::nullopt;
  beside.count = Count{beside.names.size(), Exactness::exact};
  return beside;
}

}  // namespace queuetrace

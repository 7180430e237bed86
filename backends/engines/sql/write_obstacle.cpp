#include "backends/engines/sql/write_obstacle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.hpp"

namespace queuetrace {
namespace {

[[noreturn]] void refuse(const std::string& address, const std::string& why, const std::string& hint) {
  throw Error(ErrorKind::refused, fmt::format("nothing can be changed in source '{}': {}", address, why))
      .with_hint(hint);
}

}  // namespace

void refuse_unwritable(SqlConnection& connection, const BoundSystem& system, const std::string& address) {
  if (const std::string obstacle = connection.write_obstacle(); !obstacle.empty())
    refuse(address, obstacle, "name the primary server in the source");
  const auto refuse_partly_read = [&](const std::string& table) {
    throw Error(
        ErrorKind::authentication,
        fmt::format("nothing can be changed in source '{}': this role may not read every column of {}", address, table))
        .with_hint("a change looks at whole jobs: grant SELECT and what the change needs on the table");
  };
  for (const BoundRelation& relation : system.relations)
    if (!relation.refused.empty()) refuse_partly_read(std::string(relation.description->table));
  for (const auto& [family, members] : system.schema.families)
    if (std::ranges::any_of(members, [&](const auto& one) { return !system.schema.refused(one.table).empty(); }))
      refuse_partly_read("its queues' tables");
  const auto refuse_other = [&](std::string_view table) {
    if (const std::string_view kind = system.schema.kind_of(table); !kind.empty())
      refuse(address, fmt::format("{} is a {}", table, kind),
             "its jobs can be read; to change them, name the schema or the database that holds the table");
  };
  for (const BoundRelation& relation : system.relations) refuse_other(relation.description->table);
  for (const SqlBackupTable& table : system.system->backup)
    if (system.meets(table.needs)) refuse_other(table.table);
}

}  // namespace queuetrace

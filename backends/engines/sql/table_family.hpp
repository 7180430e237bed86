// Tables of one shape, one a queue (`q_orders`, `q_mail`), read as one relation.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

struct LiveSchema;
struct SqlRelation;
struct SqlSystem;

/// SqlRelation::family. At most most_family_members tables are read; further ones are a finding of every answer.
struct SqlTableFamily {
  /// A SELECT of the queue's name and of its table, from a table that SqlSystem::tables names. A table that is not
  /// there is passed over.
  std::string_view members;
  /// The columns that expressions use, with their types (`headers=jsonb`), separated by blanks. A table that lacks one
  /// has NULL there.
  std::string_view columns;
};

inline constexpr std::size_t most_family_members = 1'000;

/// Puts the members of the system's families, and their columns, into `schema`: `needs` then speak of them by
/// SqlRelation::table. Two statements a family; none where the system has none.
void read_families(SqlConnection& connection, const SqlSystem& system, LiveSchema& schema,
                   std::chrono::milliseconds timeout);

/// The rows of all members as a table expression in parentheses, with the column `queue`.
std::string family_rows(SqlFlavour flavour, const LiveSchema& schema, const SqlRelation& relation);

/// The same of one member, with all its columns and with what row_version() needs. Empty: the queue has no table.
std::string member_rows(SqlFlavour flavour, const LiveSchema& schema, const SqlRelation& relation,
                        std::string_view queue);

}  // namespace queuetrace

// Code on the tables of the jobs that the server runs with this role's rights when rows change: triggers, rules, and
// functions in checks, defaults, policies and indexes.
#pragma once

#include <string>

#include "backends/engines/sql/bound_system.hpp"

namespace queuetrace {

struct OwnersCode {
  bool has_triggers = false;  ///< whoever they belong to
  /// A sentence for the operator where the code belongs to another role that is no superuser; empty: all of it is ours,
  /// or the server's.
  std::string warning;
};

/// One statement in PostgreSQL; nothing in SQLite, where functions of strangers are not there to be called. Throws
/// Error.
OwnersCode read_owners_code(SqlConnection& connection, const BoundSystem& system);

}  // namespace queuetrace

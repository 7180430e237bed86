// One statement on an SQLite session: prepared, bound, run to its end within its time.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "backends/engines/sql/connection.hpp"

struct sqlite3;

namespace queuetrace {

struct StatementTime {
  std::chrono::milliseconds work;  ///< zero: as long as it takes
  std::chrono::milliseconds lock;  ///< for a file that another program holds
};

/// The rows of `statement`, bounded as SqlStatement says. Throws Error as sqlite_error() makes it; `doing` (`cannot
/// read`) and `file` say of what.
std::unique_ptr<SqlResult> run_statement(sqlite3* database, const SqlStatement& statement, StatementTime time,
                                         const std::string& doing, const std::string& file);

}  // namespace queuetrace

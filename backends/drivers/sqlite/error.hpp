// Translates sqlite3's result codes into Error, so that no other folder sees them.
#pragma once

#include <string>

#include "model/error.hpp"

struct sqlite3;

namespace queuetrace {

/// The error for the result `code` of a call on `database` (may be null), for the file shown as `file`. `doing` says
/// what failed, `cannot read`. Busy and locked are `unreachable`, so is interrupted (`timed out`, exactly), a refused
/// permission `authentication`, a missing table `not_found`, a file that is no database `usage`, the rest `internal`.
Error sqlite_error(sqlite3* database, int code, const std::string& doing, const std::string& file);

}  // namespace queuetrace

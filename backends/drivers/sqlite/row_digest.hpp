// The function `queuetrace_digest(value, ...)` of a session: what tells one version of a row from another where the
// store counts none.
#pragma once

struct sqlite3;

namespace queuetrace {

/// Adds the function: 16 hex digits that tell types and bytes of up to 100 values apart. Triggers, views and indexes of
/// the file cannot call it. FNV-1a: enough to notice a change, not a secret.
void add_row_digest(sqlite3* database);

}  // namespace queuetrace

// What SQL on a file can call beside SQLite's own functions, because queues store values that Debian 12's SQLite cannot
// read:
//  - json_of(X): X as JSON text that SQLite's functions take: of a blob what the JSONB or the text in it says, of a
//    text that text. NULL where it is no JSON, over 16 MiB, or nested deeper than 200.
//  - canonical_json(X): the JSON text X in the one spelling of model/canonical_json.hpp; NULL where it has none.
//  - micros_of(X): X, a text, as microseconds since 1970 UTC: RFC 3339, SQLite's own forms and what Go prints, in
//    UTC where no zone is written. NULL where it is no time.
#pragma once

struct sqlite3;

namespace queuetrace {

/// Makes them known to the session; they cannot be called from a file's own schema. Returns SQLite's result code.
int add_functions(sqlite3* database);

}  // namespace queuetrace

#include "backends/drivers/sqlite/error.hpp"

#include <sqlite3.h>

#include <string_view>

namespace queuetrace {
namespace {

Error named(int code, const std::string& doing, const std::string& file, std::string_view message) {
  const std::string what = doing + " " + file;
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return Error(ErrorKind::usage, what + ": it is not an SQLite database")
          .with_hint("name a file written by 'queuetrace capture' or 'queuetrace demo'");
    case SQLITE_CORRUPT:
      // Its own JSON functions count as unsafe there (docs/systems/recipes.md section 11); to read, no rule is looked
      // at.
      if (message.find("unsafe use of") != std::string_view::npos)
        return Error(ErrorKind::refused, file +
                                             " is read, not changed: rules of its tables call functions, which are "
                                             "not run for a file that may be a stranger's");
      return Error(ErrorKind::internal, what + ": the file is damaged");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(ErrorKind::unreachable, what + ": another program holds it locked").with_hint("try again later");
    case SQLITE_INTERRUPT: return Error(ErrorKind::timed_out, "timed out");
    case SQLITE_TOOBIG:
      return Error(ErrorKind::refused, what + ": a value or a row is larger than 32 MiB, which is not read")
          .with_hint("ask for jobs without it: a narrower filter");
    case SQLITE_FULL: return Error(ErrorKind::internal, what + ": the disk or the allowed file size is full");
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return Error(ErrorKind::authentication, what + ": not permitted");
    default: break;
  }
  // A missing table has no code of its own.
  if ((code & 0xff) == SQLITE_ERROR && message.starts_with("no such table"))
    return Error(ErrorKind::not_found, what + ": no such table");
  return Error(ErrorKind::internal, what);
}

}  // namespace

Error sqlite_error(sqlite3* database, int code, const std::string& doing, const std::string& file) {
  const std::string message = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return named(code, doing, file, message).because(Untrusted(message));
}

}  // namespace queuetrace

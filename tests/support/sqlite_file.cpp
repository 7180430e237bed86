#include "tests/support/sqlite_file.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace queuetrace::test {

SqliteFile::SqliteFile(const std::string& statements) : path_(folder_ / "queue.db") { run(statements); }

void SqliteFile::run(const std::string& statements) const {
  sqlite3* database = nullptr;
  int code = sqlite3_open(path_.c_str(), &database);
  if (code == SQLITE_OK) code = sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr);
  const std::string message = database == nullptr ? "no memory" : sqlite3_errmsg(database);
  sqlite3_close(database);
  if (code != SQLITE_OK) throw std::runtime_error("sqlite: " + message);
}

Source SqliteFile::source() const {
  Source source;
  source.name = "test";
  source.url = Secret("sqlite:" + path_.string());
  return source;
}

}  // namespace queuetrace::test

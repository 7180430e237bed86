// Another session that holds a table, so that whoever wants to read or write it waits.
#pragma once

#include <string>

#include "tests/support/postgres_session.hpp"

namespace queuetrace::test {

/// Holds it until it goes: nobody may read it, or, with `SHARE`, nobody may write it.
class HeldTable {
 public:
  HeldTable(const PostgresDatabase& database, const std::string& table, const std::string& mode = "ACCESS EXCLUSIVE")
      : session_(database) {
    session_.run("BEGIN");
    session_.run("LOCK TABLE " + table + " IN " + mode + " MODE");
  }

 private:
  PostgresSession session_;  ///< its end is the transaction's
};

}  // namespace queuetrace::test

// Another session that holds a table, so that whoever wants to read it waits.
#pragma once

#include <string>

#include "tests/support/postgres_session.hpp"

namespace queuetrace::test {

/// Holds it in ACCESS EXCLUSIVE mode until it goes.
class HeldTable {
 public:
  HeldTable(const PostgresDatabase& database, const std::string& table) : session_(database) {
    session_.run("BEGIN");
    session_.run("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
  }

 private:
  PostgresSession session_;  ///< its end is the transaction's
};

}  // namespace queuetrace::test

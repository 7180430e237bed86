// A kept connection to a test's database that runs prepared statements at speed: what replayed workers use.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/postgres_server.hpp"

struct pg_conn;

namespace queuetrace::test {

/// Each statement is a transaction of its own. Use from one thread at a time.
class PostgresSession {
 public:
  using Rows = std::vector<std::vector<std::string>>;

  /// Throws std::runtime_error when the database cannot be reached.
  explicit PostgresSession(const PostgresDatabase& database);

  /// After the server was away.
  void reconnect();

  /// Rows of text, NULL as "". `$1`, `$2`, ... are the values. Throws what the server says.
  Rows run(const std::string& statement, const std::vector<std::string>& values = {});

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::string url_;
  std::unique_ptr<pg_conn, Finish> connection_;
  std::map<std::string, std::string> prepared_;  ///< names by statement
};

/// The first column of each row of each query.
std::vector<std::string> lines_of(PostgresSession& session, const std::vector<std::string>& queries);

}  // namespace queuetrace::test

// How often a distant server is waited for.
#include <doctest/doctest.h>

#include <atomic>

#include "backends/drivers/postgres/connection.hpp"
#include "model/error.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("a statement that reads is one round trip, its transaction and settings included") {
  const PostgresDatabase database;
  std::atomic<int> requests{0};
  const CuttingProxy proxy(postgres_socket_folder() / ".s.PGSQL.5432", [&](std::string_view) {
    ++requests;
    return Verdict::pass;
  });
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source_at(proxy.port()));
  const auto trips = [&](const SqlStatement& statement) {
    const int before = requests;
    try {
      connection->query(statement, std::chrono::seconds(60));
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::internal);
    }
    return requests - before;
  };
  CHECK(trips({"SELECT 1", {}}) == 1);
  CHECK(trips({"SELECT $1::text FROM generate_series(1, 1000)", {"text"}}) == 1);
  CHECK(trips({"SELECT 1 / 0", {}}) == 2);  // and one to roll it back
  CHECK(trips({"SELECT current_setting('transaction_read_only')", {}}) == 1);
}

TEST_CASE("a statement that failed leaves nothing behind") {
  const PostgresDatabase database;
  const std::shared_ptr<SqlConnection> connection = connect_postgres(database.source());
  const auto ask = [&](const char* text) {
    return std::string(connection->query({text, {}}, std::chrono::seconds(60))->cell(0, 0).value_or("NULL"));
  };
  const std::string session = ask("SELECT pg_backend_pid()");
  for (const char* wrong : {"SELECT 1 / 0", "SELECT nothing", "CREATE TABLE t (a int)",
                            "SELECT 1 FROM generate_series(1, 100000) i WHERE 1 / (50000 - i) > 0"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(ask(wrong), Error);
    CHECK(ask("SELECT pg_backend_pid()") == session);
    CHECK(ask("SELECT current_setting('transaction_read_only')") == "on");
    CHECK(ask("SELECT current_setting('search_path')") == "pg_catalog, pg_temp");
  }
  CHECK(ask("SELECT count(*) FROM pg_class WHERE relname = 't'") == "0");
}

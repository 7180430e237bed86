// What statistics tell of Hammerwork's pauses, and what `queue list` costs the server.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "tests/support/held_table.hpp"

using namespace queuetrace;

namespace {

using Texts = std::vector<std::string>;

/// Keeps what is asked of another connection.
class RecordedConnection : public SqlConnection {
 public:
  RecordedConnection(std::shared_ptr<SqlConnection> inner, Texts& statements)
      : inner_(std::move(inner)), statements_(statements) {}

  SqlFlavour flavour() const override { return inner_->flavour(); }
  std::string server() const override { return inner_->server(); }
  std::string target() const override { return inner_->target(); }
  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    statements_.push_back(statement.text);
    return inner_->query(statement, timeout);
  }
  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    return inner_->begin_write(timeout, lock_wait);
  }

 private:
  std::shared_ptr<SqlConnection> inner_;
  Texts& statements_;
};

struct Fixture {
  explicit Fixture(const std::string& more = "") {
    if (!more.empty()) database.run(more);
    const Source source = database.source();
    const SqlSystem* systems[] = {&hammerwork::system};
    const auto connection = std::make_shared<RecordedConnection>(connect_postgres(source), statements);
    std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connection, source, systems);
    REQUIRE(stores.size() == 1);
    store = std::move(stores.front());
    statements.clear();
  }

  Statistics ask(Milliseconds window, std::chrono::milliseconds statement_timeout = std::chrono::seconds(10)) {
    StatisticsQuery query;
    query.window = window;
    query.limits.statement_timeout = statement_timeout;
    return store->statistics(query);
  }

  test::PostgresDatabase database{"fixtures/dialect_c/load.sql"};
  Texts statements;
  std::unique_ptr<JobStore> store;
};

const QueueStatistics& queue_called(const Statistics& statistics, std::string_view name) {
  const auto found =
      std::ranges::find_if(statistics.queues, [&](const QueueStatistics& queue) { return queue.queue.raw() == name; });
  REQUIRE(found != statistics.queues.end());
  return *found;
}

}  // namespace

TEST_CASE("hammerwork: a pause tells since when, by whom and why, as far as somebody said") {
  Fixture fixture(
      "INSERT INTO hammerwork_queue_pause (queue_name, paused_at, paused_by, reason) VALUES "
      "('email', '2026-01-02 04:10:00Z', E'\\x1b[31mme', 'down'), ('silent', '2026-01-02 04:11:00Z', NULL, NULL), "
      "('long', 'infinity', '', repeat('é', 5000))");
  for (const Milliseconds window : {Milliseconds(0), Milliseconds(3'600'000)}) {
    const Statistics statistics = fixture.ask(window);
    const QueueStatistics& email = queue_called(statistics, "email");
    CHECK(email.paused == true);
    REQUIRE((email.pause && email.pause->since && email.pause->by && email.pause->reason));
    CHECK(to_rfc3339(*email.pause->since) == "2026-01-02T04:10:00.000Z");
    CHECK(email.pause->by->raw() == "\x1b[31mme");
    CHECK(email.pause->reason->raw() == "down");
    CHECK_FALSE(email.states.empty());
    const QueueStatistics& silent = queue_called(statistics, "silent");
    CHECK(silent.paused == true);
    REQUIRE(silent.pause);
    CHECK(silent.pause->since);
    CHECK_FALSE(silent.pause->by);
    CHECK_FALSE(silent.pause->reason);
    CHECK(silent.states.empty());
    CHECK(queue_called(statistics, "long").pause->reason->raw().size() == 2'000);  // its first 1,000 characters
    const QueueStatistics& open = queue_called(statistics, "it's 100%_a\"queue");
    CHECK(open.paused == false);
    CHECK_FALSE(open.pause);
  }
}

TEST_CASE("hammerwork: without a window three statements, however many queues there are") {
  Fixture fixture("INSERT INTO hammerwork_queue_pause (queue_name) SELECT 'held ' || n FROM generate_series(1, 200) n");
  const Statistics listed = fixture.ask(Milliseconds(0));
  CHECK(listed.queues.size() == 204);
  REQUIRE(fixture.statements.size() == 3);
  CHECK(fixture.statements[0].find("FROM") == std::string::npos);  // the clock
  CHECK(fixture.statements[1].find("GROUP BY queue, state") != std::string::npos);
  CHECK(fixture.statements[2].find("hammerwork_queue_pause") != std::string::npos);
  CHECK(fixture.statements[2].ends_with("LIMIT 10001"));
  fixture.statements.clear();
  fixture.ask(Milliseconds(1));
  CHECK(fixture.statements.size() == 5);  // and the coverage, behind how large the table is; waits come with the counts
}

TEST_CASE("hammerwork: pauses that could not be read are unknown, not absent") {
  Fixture fixture;
  const test::HeldTable held(fixture.database, "hammerwork_queue_pause");
  const Statistics statistics = fixture.ask(Milliseconds(0), std::chrono::seconds(3));
  CHECK(statistics.truncated ==
        "the server stopped a statement after its time-out: which queues are paused is not known");
  CHECK_FALSE(queue_called(statistics, "email").paused);
  CHECK_FALSE(queue_called(statistics, "paused").paused);
  CHECK_FALSE(queue_called(statistics, "email").states.empty());
}

TEST_CASE("hammerwork: of very many pauses the first ones are told, and of other queues nothing") {
  Fixture fixture(
      "INSERT INTO hammerwork_queue_pause (queue_name) SELECT 'held ' || n FROM generate_series(1, 10000) n");
  const Statistics statistics = fixture.ask(Milliseconds(0));
  CHECK(statistics.truncated == "only the first 10000 pauses were read");
  CHECK_FALSE(queue_called(statistics, "email").paused);
  CHECK(std::ranges::count_if(statistics.queues, [](const QueueStatistics& queue) { return queue.paused == true; }) ==
        10'000);
}

// River, schema version 8: what its clients run to take and to end jobs (docs/systems/river.md sections 4 and 5).
#include <fmt/format.h>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/postgres_session.hpp"

namespace queuetrace::test {
namespace {

class Worker : public ReplayedWorker {
 public:
  Worker(const PostgresDatabase& database, int number)
      : session_(database), client_("client-" + std::to_string(number)) {}

  std::optional<TakenJob> take() override {
    const PostgresSession::Rows rows = session_.run(
        "UPDATE river_job j SET state = 'running', attempt = j.attempt + 1, attempted_at = now(), attempted_by = "
        "array_append(j.attempted_by, $1::text) WHERE j.id = (SELECT id FROM river_job WHERE state = 'available' AND "
        "scheduled_at <= now() ORDER BY priority, scheduled_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING j.id, "
        "j.attempt",
        {client_});
    if (rows.empty()) return std::nullopt;
    return TakenJob{rows[0][0], rows[0][1]};
  }

  bool finish(const TakenJob& job, Ending ending) override {
    const std::string failure = "errors = array_append(errors, '{\"error\": \"broken\"}')";
    const std::string change = ending == Ending::completed ? "state = 'completed', finalized_at = now()"
                               : ending == Ending::dead
                                   ? "state = 'discarded', finalized_at = now(), max_attempts = attempt, " + failure
                                   : "state = 'available', scheduled_at = now(), " + failure;
    return session_
               .run("UPDATE river_job SET " + change +
                        " WHERE id = $1::bigint AND state = 'running' AND attempt = $2::smallint AND "
                        "attempted_by[array_upper(attempted_by, 1)] = $3::text RETURNING id",
                    {job.id, job.token, client_})
               .size() == 1;
  }

 private:
  PostgresSession session_;
  std::string client_;
};

class ReplayedRiver : public ReplayedQueue {
 public:
  explicit ReplayedRiver(bool durable) : session_((prepare(database_, durable), database_)) {}

  Source source() const override { return database_.source(); }
  std::unique_ptr<ReplayedWorker> worker(int number) override { return std::make_unique<Worker>(database_, number); }
  std::string other_queue() const override { return "reports"; }
  std::string id_of(int number) const override { return std::to_string(number + 1); }

  void enqueue(int first, int count) override {
    session_.run(
        "INSERT INTO river_job (id, queue, kind, priority, args) SELECT n, 'email', 'send', (n % 4)::int + 1, "
        "jsonb_build_object('n', n) FROM generate_series($1::bigint, $2::bigint) n",
        {std::to_string(first + 1), std::to_string(first + count)});
  }
  std::size_t depth() override {
    return std::stoul(session_.run("SELECT count(*) FROM river_job WHERE state = 'available'")[0][0]);
  }
  std::unordered_map<std::string, std::vector<JobPlace>> places() override {
    std::unordered_map<std::string, std::vector<JobPlace>> places;
    for (const auto& row : session_.run("SELECT id, state FROM river_job"))
      places[row[0]].push_back({row[1], row[1] == "available"});
    return places;
  }
  std::vector<std::string> inconsistencies(const std::vector<std::string>&) override {
    std::vector<std::string> found;
    for (const auto& row : session_.run("SELECT id, state FROM river_job WHERE state NOT IN ('available', "
                                        "'completed', 'discarded', 'cancelled')"))
      found.push_back("job " + row[0] + " is " + row[1]);
    return found;
  }

  std::vector<std::string> snapshot() override {
    return lines_of(session_, {"SELECT 'job ' || row_to_json(t) FROM river_job t ORDER BY id"});
  }
  void clear() override { session_.run("TRUNCATE river_job"); }

  std::filesystem::path server_socket() const override { return postgres_socket_folder() / ".s.PGSQL.5432"; }
  Source source_at(std::uint16_t port) const override { return database_.source_at(port); }
  std::function<bool(std::string_view)> deciding() const override { return commits_of_writes(); }
  void kill_server() override {
    database_.kill_server();
    session_.reconnect();
  }
  void end_server() override { kill_postgres(); }
  void start_server() override {
    start_postgres();
    session_.reconnect();
  }

 private:
  static void prepare(const PostgresDatabase& database, bool durable) {
    database.run_file(std::string(TEST_SYSTEMS) + "/river/fixtures/v8/load.sql");
    database.run("TRUNCATE river_job; UPDATE river_queue SET paused_at = NULL");
    database.run("ALTER DATABASE " + database.name() + " SET jit = off");
    if (durable) database.run("ALTER DATABASE " + database.name() + " SET synchronous_commit = on");
  }

  PostgresDatabase database_;
  PostgresSession session_;
};

}  // namespace

std::unique_ptr<ReplayedQueue> replayed_river(bool durable) { return std::make_unique<ReplayedRiver>(durable); }

}  // namespace queuetrace::test

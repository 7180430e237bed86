// Hammerwork 2.x and later: claim with FOR UPDATE SKIP LOCKED, outcomes fenced by the run (docs/systems/hammerwork.md,
// sections 4 and 5.2).
#include <fmt/format.h>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/postgres_session.hpp"

namespace queuetrace::test {
namespace {

constexpr const char* claim = R"(
  UPDATE hammerwork_jobs SET status = 'Running', started_at = now(), attempts = attempts + 1,
         last_heartbeat_at = now(), lease_expires_at = now() + interval '5 minutes'
   WHERE id = (SELECT j.id FROM hammerwork_jobs j
                WHERE j.queue_name = $1 AND j.status = 'Pending' AND j.scheduled_at <= now()
                  AND j.dependency_status IN ('none', 'satisfied')
                  AND NOT (j.cron_schedule IS NOT NULL AND NOT j.recurring)
                  AND NOT EXISTS (SELECT 1 FROM hammerwork_queue_pause p WHERE p.queue_name = j.queue_name)
                ORDER BY j.priority DESC, j.scheduled_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, attempts || ' ' || started_at)";

// An outcome counts only for the run it belongs to.
constexpr const char* complete = R"(
  UPDATE hammerwork_jobs SET status = 'Completed', completed_at = now(), lease_expires_at = NULL
   WHERE id = $1::uuid AND status = 'Running' AND attempts || ' ' || started_at = $2 RETURNING id)";
constexpr const char* die = R"(
  UPDATE hammerwork_jobs SET status = 'Dead', failed_at = now(), error_message = 'boom', lease_expires_at = NULL
   WHERE id = $1::uuid AND status = 'Running' AND attempts || ' ' || started_at = $2 RETURNING id)";
constexpr const char* retry = R"(
  UPDATE hammerwork_jobs SET status = 'Pending', scheduled_at = now(), started_at = NULL, error_message = 'boom',
         lease_expires_at = NULL, last_heartbeat_at = NULL
   WHERE id = $1::uuid AND status = 'Running' AND attempts || ' ' || started_at = $2 RETURNING id)";

class Worker : public ReplayedWorker {
 public:
  explicit Worker(const PostgresDatabase& database) : session_(database) {}

  std::optional<TakenJob> take() override {
    for (const char* queue : {"email", "reports"}) {
      const PostgresSession::Rows rows = session_.run(claim, {queue});
      if (!rows.empty()) return TakenJob{rows[0][0], rows[0][1]};
    }
    return std::nullopt;
  }
  bool finish(const TakenJob& job, Ending ending) override {
    const char* outcome = ending == Ending::completed ? complete : ending == Ending::dead ? die : retry;
    return session_.run(outcome, {job.id, job.token}).size() == 1;
  }

 private:
  PostgresSession session_;
};

class ReplayedHammerwork : public ReplayedQueue {
 public:
  explicit ReplayedHammerwork(bool durable) : session_((prepare(database_, durable), database_)) {}

  Source source() const override { return database_.source(); }
  std::unique_ptr<ReplayedWorker> worker(int) override { return std::make_unique<Worker>(database_); }
  std::string other_queue() const override { return "reports"; }
  std::string id_of(int number) const override { return fmt::format("{:08x}-0000-4000-8000-000000000000", number); }

  void enqueue(int first, int count) override {
    session_.run(
        "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, priority) "
        "SELECT (lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000')::uuid, 'email', "
        "jsonb_build_object('n', n), 'Pending', now(), now(), n % 3 FROM generate_series($1::int, $2::int) n",
        {std::to_string(first), std::to_string(first + count - 1)});
  }
  std::size_t depth() override {
    return std::stoul(session_.run("SELECT count(*) FROM hammerwork_jobs WHERE status = 'Pending'")[0][0]);
  }
  std::unordered_map<std::string, std::vector<JobPlace>> places() override {
    std::unordered_map<std::string, std::vector<JobPlace>> places;
    for (const auto& row : session_.run("SELECT id, status FROM hammerwork_jobs UNION ALL SELECT id, 'archived ' || "
                                        "status FROM hammerwork_jobs_archive"))
      places[row[0]].push_back({row[1], row[1] == "Pending"});
    return places;
  }
  std::vector<std::string> inconsistencies(const std::vector<std::string>&) override {
    std::vector<std::string> found;
    for (const auto& row : session_.run(
             "SELECT id, status FROM hammerwork_jobs WHERE status NOT IN ('Pending', 'Completed', 'Dead', 'Failed') OR "
             "(status = 'Pending') <> (completed_at IS NULL AND failed_at IS NULL AND lease_expires_at IS NULL)"))
      found.push_back("job " + row[0] + " is " + row[1] + " with times that do not belong to it");
    return found;
  }

  std::vector<std::string> snapshot() override {
    return lines_of(session_, {"SELECT 'job ' || row_to_json(t) FROM hammerwork_jobs t ORDER BY id",
                               "SELECT 'archived ' || row_to_json(t) FROM hammerwork_jobs_archive t ORDER BY id"});
  }
  void clear() override { session_.run("TRUNCATE hammerwork_jobs, hammerwork_jobs_archive, hammerwork_queue_pause"); }

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
    database.run_file(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql");
    database.run(
        "DELETE FROM hammerwork_jobs; DELETE FROM hammerwork_jobs_archive; DELETE FROM hammerwork_queue_pause");
    // Migration 012 has it: without it, looking for the children of jobs reads all rows for each.
    database.run("CREATE INDEX ON hammerwork_jobs USING gin (depends_on)");
    if (durable) database.run("ALTER DATABASE " + database.name() + " SET synchronous_commit = on");
  }

  PostgresDatabase database_;
  PostgresSession session_;
};

}  // namespace

std::unique_ptr<ReplayedQueue> replayed_hammerwork(bool durable) {
  return std::make_unique<ReplayedHammerwork>(durable);
}

}  // namespace queuetrace::test

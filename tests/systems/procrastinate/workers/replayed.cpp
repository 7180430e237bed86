// Procrastinate 3.4 and later: everything goes through its SQL functions (docs/systems/procrastinate.md, sections 2 and
// 5). The fixture's fetch function is for recognising the schema; a worker needs one that fetches.
#include <fmt/format.h>

#include "tests/faults/replayed_queue.hpp"
#include "tests/faults/replayed_servers.hpp"
#include "tests/support/postgres_session.hpp"

namespace queuetrace::test {
namespace {

constexpr const char* fetch = R"(
  DROP FUNCTION procrastinate_fetch_job_v2(varchar[], bigint);
  CREATE FUNCTION procrastinate_fetch_job_v2(target_queues varchar[], worker bigint) RETURNS procrastinate_jobs
    LANGUAGE plpgsql AS $$
  DECLARE found procrastinate_jobs;
  BEGIN
    WITH candidate AS (
      SELECT j.id FROM procrastinate_jobs j
       WHERE j.status = 'todo' AND (target_queues IS NULL OR j.queue_name = ANY (target_queues))
         AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
         AND NOT EXISTS (SELECT FROM procrastinate_jobs o WHERE o.lock = j.lock AND (o.status = 'doing' OR
               (o.status = 'todo' AND (o.priority > j.priority OR (o.priority = j.priority AND o.id < j.id)))))
       ORDER BY j.priority DESC, j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED)
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker FROM candidate
     WHERE procrastinate_jobs.id = candidate.id RETURNING procrastinate_jobs.* INTO found;
    RETURN found;
  END $$;)";

class Worker : public ReplayedWorker {
 public:
  explicit Worker(const PostgresDatabase& database) : session_(database) {
    number_ = session_.run("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")[0][0];
  }

  std::optional<TakenJob> take() override {
    const PostgresSession::Rows rows =
        session_.run("SELECT id FROM procrastinate_fetch_job_v2(NULL, $1::bigint)", {number_});
    if (rows[0][0].empty()) return std::nullopt;
    return TakenJob{rows[0][0], {}};
  }
  bool finish(const TakenJob& job, Ending ending) override {
    // The row as it was before the function ran: a job that waits again would be finished, too.
    const char* end =
        ending == Ending::completed
            ? "SELECT j.status, j.worker_id, procrastinate_finish_job_v1(j.id, 'succeeded', false) FROM "
              "procrastinate_jobs j WHERE j.id = $1::bigint"
        : ending == Ending::dead
            ? "SELECT j.status, j.worker_id, procrastinate_finish_job_v1(j.id, 'failed', false) FROM "
              "procrastinate_jobs j WHERE j.id = $1::bigint"
            : "SELECT j.status, j.worker_id, procrastinate_retry_job_v2(j.id, now(), NULL, NULL, NULL) FROM "
              "procrastinate_jobs j WHERE j.id = $1::bigint";
    const PostgresSession::Rows rows = session_.run(end, {job.id});
    return rows.size() == 1 && rows[0][0] == "doing" && rows[0][1] == number_;
  }

 private:
  PostgresSession session_;
  std::string number_;
};

class ReplayedProcrastinate : public ReplayedQueue {
 public:
  explicit ReplayedProcrastinate(bool durable) : session_((prepare(database_, durable), database_)) {}

  Source source() const override { return database_.source(); }
  std::unique_ptr<ReplayedWorker> worker(int) override { return std::make_unique<Worker>(database_); }
  std::string other_queue() const override { return "reports"; }
  std::string id_of(int number) const override { return std::to_string(number + 1); }

  void enqueue(int first, int count) override {
    session_.run(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, priority, args) SELECT n, 'email', 'app.send', "
        "(n % 3)::int, jsonb_build_object('n', n) FROM generate_series($1::bigint, $2::bigint) n",
        {std::to_string(first + 1), std::to_string(first + count)});
  }
  std::size_t depth() override {
    return std::stoul(session_.run("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")[0][0]);
  }
  std::unordered_map<std::string, std::vector<JobPlace>> places() override {
    std::unordered_map<std::string, std::vector<JobPlace>> places;
    for (const auto& row : session_.run("SELECT id, status FROM procrastinate_jobs"))
      places[row[0]].push_back({row[1], row[1] == "todo"});
    return places;
  }
  std::vector<std::string> inconsistencies(const std::vector<std::string>&) override {
    std::vector<std::string> found;
    for (const auto& row : session_.run("SELECT id, status FROM procrastinate_jobs WHERE status NOT IN ('todo', "
                                        "'succeeded', 'failed', 'cancelled')"))
      found.push_back("job " + row[0] + " is " + row[1]);
    for (const auto& row : session_.run("SELECT e.job_id FROM procrastinate_events e LEFT JOIN procrastinate_jobs j ON "
                                        "j.id = e.job_id WHERE j.id IS NULL LIMIT 5"))
      found.push_back("an event is left of job " + row[0]);
    return found;
  }

  std::vector<std::string> snapshot() override {
    return lines_of(session_, {"SELECT 'job ' || row_to_json(t) FROM procrastinate_jobs t ORDER BY id",
                               "SELECT 'event ' || row_to_json(t) FROM procrastinate_events t ORDER BY id",
                               "SELECT 'defer ' || row_to_json(t) FROM procrastinate_periodic_defers t ORDER BY id"});
  }
  void clear() override {
    session_.run("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers");
  }

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
    database.run_file(std::string(TEST_SYSTEMS) + "/procrastinate/fixtures/s34/load.sql");
    database.run("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers");
    database.run(fetch);
    database.run("ALTER DATABASE " + database.name() +
                 " SET jit = off");  // nothing is analysed yet: every guess is high
    if (durable) database.run("ALTER DATABASE " + database.name() + " SET synchronous_commit = on");
  }

  PostgresDatabase database_;
  PostgresSession session_;
};

}  // namespace

std::unique_ptr<ReplayedQueue> replayed_procrastinate(bool durable) {
  return std::make_unique<ReplayedProcrastinate>(durable);
}

}  // namespace queuetrace::test

// The program itself: what it holds of jobs of six megabytes does not grow with their number, and no command takes more
// than 64 MiB in all, whatever it does to them: plans, changes, backups, restores, undoing, captures.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/sqlite_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/systems/celery/messages.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::size_t job_bytes = 6'000'000;
constexpr long most_resident_kib = 64 * 1024;

/// A text in which every other kind of character needs an escape.
const std::string& large_text() {
  static const std::string text = [] {
    std::string made;
    while (made.size() < job_bytes) made += "\\\"0123456789";
    return made;
  }();
  return text;
}

class BoundedProgram {
 public:
  explicit BoundedProgram(std::string source) : source_(std::move(source)) {}

  void succeeds(std::vector<std::string> words) const {
    std::string said;
    for (const std::string& word : words) said += word + " ";
    CAPTURE(said);
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"--source", source_, "--timeout", "300s"});
    const ProgramResult result = run_program(words, clean_environment(home_.path()));
    CAPTURE(result.messages.substr(0, 2'000));
    CHECK(result.exit_code == 0);
    CHECK(result.peak_kib < most_resident_kib);
    CHECK(result.messages.find("may repeat") == std::string::npos);
    MESSAGE(said << result.peak_kib << " KiB");
  }

  /// Removes what is in the state, and puts it back.
  void purge_and_restore(const std::string& state) const {
    succeeds({"purge", "--state", state, "--dry-run"});
    succeeds({"purge", "--state", state, "--yes", "--backup", file("purged")});
    succeeds({"job", "restore", file("purged"), "--yes"});
  }
  /// A change that leaves the jobs there, and what takes it back.
  void change_and_undo(std::vector<std::string> words) const {
    words.emplace_back("--yes");
    succeeds(words);
    succeeds({"undo", "--yes"});
  }
  std::string file(const std::string& name) const { return (home_.path() / name).string(); }

 private:
  std::string source_;
  testing::TemporaryFolder home_;
};

}  // namespace

TEST_CASE("large jobs in PostgreSQL are changed and kept one at a time") {
  PostgresDatabase database;
  database.run_file(std::string(TEST_SYSTEMS) + "/procrastinate/fixtures/s34/load.sql");
  database.run(
      "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) SELECT 'large', 't', "
      "jsonb_build_object('x', repeat('\"012345678' || i, 545455)), 'failed', 1 FROM generate_series(1, 6) i");
  const BoundedProgram program(database.url());
  program.purge_and_restore("failed");
  program.change_and_undo({"job", "retry", "--state", "failed"});
  program.change_and_undo({"job", "move", "--state", "failed", "--to", "other", "--new-queue"});
  program.succeeds({"capture", "--output", program.file("kept.db")});
  CHECK(
      database.ask("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'large' AND octet_length(args ->> 'x') "
                   "= 6000005") == "6");
}

TEST_CASE("large jobs in SQLite are read and kept one at a time") {
  const SqliteFile file;
  std::ifstream script(std::string(TEST_SYSTEMS) + "/river/fixtures/sqlite_v8/load.sqlite.sql");
  file.run(std::string(std::istreambuf_iterator<char>(script), {}));
  for (int i = 0; i < 6; ++i)
    file.run(
        "INSERT INTO river_job (state, attempt, max_attempts, finalized_at, args, kind, metadata, queue, tags) VALUES "
        "('discarded', 3, 3, '2026-01-02 03:06:05.000', '{\"x\":\"' || replace(printf('%.600000c', 'y'), 'y', "
        "'\\\"01234567') || '\"}', 't', '{}', 'large', '[]')");
  const BoundedProgram program("sqlite:" + file.path().string());
  program.succeeds({"job", "list", "--limit", "20", "-o", "name"});
  program.succeeds({"capture", "--output", program.file("kept.db")});
}

TEST_CASE("large records in Redis are changed and kept one at a time") {
  RedisServer server;
  for (int i = 0; i < 10; ++i)
    server.run({{"HSET", "job:" + std::to_string(i), "id", std::to_string(i), "service_required", "sim", "status",
                 "failed", "retry_count", "3", "max_retries", "3", "created_at", "2026-11-28T22:00:00.000Z",
                 "failed_at", "2026-11-28T22:00:01.000Z", "payload", "{\"p\":\"" + large_text() + "\"}"}});
  const BoundedProgram program("unix://" + server.socket_path());
  const std::string before = server.ask({"HGET", "job:7", "payload"});
  program.purge_and_restore("failed");
  CHECK((server.ask({"HGET", "job:7", "payload"}) == before));
  program.change_and_undo({"job", "retry", "--state", "failed"});
  program.succeeds({"job", "retry", "--state", "failed", "--yes"});
  program.change_and_undo({"job", "cancel", "--state", "pending"});
  program.succeeds({"capture", "--output", program.file("kept.db")});
}

TEST_CASE("large elements of lists in Redis are changed and kept one at a time") {
  RedisServer server;
  for (int i = 0; i < 10; ++i)
    server.run({{"LPUSH", "jobqueue:dead_letter",
                 R"({"id":")" + std::to_string(i) + R"(","filepath":"/f",")" + (i % 2 == 0 ? "more" : "filepath") +
                     R"(":")" + large_text() +
                     R"(","filesize":1,"priority":"low","retries":3,"creation_time":"2026-11-28T22:00:00Z"})"}});
  const BoundedProgram program("unix://" + server.socket_path());
  const std::string before = server.ask({"LINDEX", "jobqueue:dead_letter", "7"});
  program.purge_and_restore("dead");
  CHECK((server.ask({"LINDEX", "jobqueue:dead_letter", "7"}) == before));
  program.change_and_undo({"job", "retry", "--state", "dead"});
  CHECK(server.ask({"LLEN", "jobqueue:dead_letter"}) == "10");
  CHECK((server.ask({"LINDEX", "jobqueue:dead_letter", "7"}) == before));
  program.succeeds({"job", "retry", "--state", "dead", "--yes"});
  program.change_and_undo({"job", "move", "--state", "pending", "--to", "high"});
  program.succeeds({"job", "delete", "3", "5", "--yes"});
  program.succeeds({"undo", "--yes"});
  program.succeeds({"capture", "--output", program.file("kept.db")});
}

TEST_CASE("large members and fields in Redis are changed and kept one at a time") {
  RedisServer server;
  std::vector<std::vector<std::string>> first{{"SADD", "queues", "large"}};
  for (int i = 0; i < 8; ++i)
    server.run({{"ZADD", "dead", std::to_string(1'782'900'000 + i),
                 R"({"class":"T","jid":"00000000000000000000000)" + std::to_string(i) +
                     R"(","queue":"large","args":[")" + large_text() +
                     R"("],"retry":true,"created_at":1782900000.5,"retry_count":3,"error_class":"E")"
                     R"(,"error_message":"m","failed_at":1782900001.5})"}});
  server.run(first);
  const BoundedProgram sidekiq("unix://" + server.socket_path());
  sidekiq.succeeds({"job", "list", "--limit", "20", "-o", "name"});
  sidekiq.purge_and_restore("dead");
  CHECK(server.ask({"ZCARD", "dead"}) == "8");
  sidekiq.change_and_undo({"job", "retry", "--state", "dead"});
  CHECK(server.ask({"ZCARD", "dead"}) == "8");

  server.run({{"FLUSHALL"}});
  server.run(celery_queue());
  for (int i = 0; i < 6; ++i) {
    nlohmann::json message = nlohmann::json::parse(celery_message(std::to_string(i)));
    message["body"] = base64_encode("[[\"" + std::string(job_bytes * 3 / 4, 'x') + "\"],{},{}]");
    server.run({{"LPUSH", "celery", message.dump()}});
  }
  const BoundedProgram celery("unix://" + server.socket_path());
  celery.purge_and_restore("pending");
  CHECK(server.ask({"LLEN", "celery"}) == "6");
  celery.succeeds({"capture", "--output", celery.file("kept.db")});
}

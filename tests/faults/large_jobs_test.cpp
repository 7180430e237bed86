// The program itself: what is held of jobs of six megabytes by plans, changes, backups, restores and captures does not
// grow with their number, in PostgreSQL and in Redis.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::size_t job_bytes = 6'000'000;

/// What the program may write to, in KiB, its threads and libraries included: a few copies of one job. With a sanitizer
/// no bound.
constexpr const char* most_data_postgres = is_sanitized ? "unlimited" : "81920";
constexpr const char* most_data_redis = is_sanitized ? "unlimited" : "65536";

class BoundedProgram {
 public:
  BoundedProgram(std::string source, std::string most_data)
      : source_(std::move(source)), most_data_(std::move(most_data)) {}

  void succeeds(std::vector<std::string> words) const {
    std::vector<std::string> arguments{
        "/bin/sh", "-c", "ulimit -s 1024; ulimit -d " + most_data_ + "; exec \"$0\" \"$@\"", QUEUETRACE_PROGRAM};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--source", source_, "--timeout", "300s"});
    std::string said;
    for (const std::string& word : words) said += word + " ";
    CAPTURE(said);
    const ProgramResult result = run_program(arguments, clean_environment(home_.path()));
    CAPTURE(result.messages.substr(0, 2'000));
    CHECK(result.exit_code == 0);
  }
  std::string file(const char* name) const { return (home_ / name).string(); }

 private:
  std::string source_, most_data_;
  testing::TemporaryFolder home_;
};

void purge_and_restore(const BoundedProgram& program) {
  program.succeeds({"purge", "--state", "failed", "--dry-run"});
  program.succeeds({"purge", "--state", "failed", "--yes", "--backup", program.file("backup")});
  program.succeeds({"job", "restore", program.file("backup"), "--yes"});
}

}  // namespace

TEST_CASE("large jobs in PostgreSQL are changed and kept one at a time") {
  PostgresDatabase database;
  database.run_file(std::string(TEST_SYSTEMS) + "/procrastinate/fixtures/s34/load.sql");
  database.run(
      "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) SELECT 'large', 't', "
      "jsonb_build_object('x', repeat('\"012345678' || i, 545455)), 'failed', 1 FROM generate_series(1, 6) i");
  const BoundedProgram program(database.url(), most_data_postgres);
  purge_and_restore(program);
  program.succeeds({"capture", "--output", program.file("kept.db")});
  CHECK(
      database.ask("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'large' AND octet_length(args ->> 'x') "
                   "= 6000005") == "6");
}

TEST_CASE("large records and elements in Redis are changed and kept one at a time") {
  RedisServer server;
  std::string text;
  while (text.size() < job_bytes) text += "\\\"0123456789";
  for (int i = 0; i < 10; ++i)
    server.run({{"HSET", "job:" + std::to_string(i), "id", std::to_string(i), "service_required", "sim", "status",
                 "failed", "retry_count", "3", "max_retries", "3", "created_at", "2026-11-28T22:00:00.000Z",
                 "failed_at", "2026-11-28T22:00:01.000Z", "payload", "{\"p\":\"" + text + "\"}"}});
  const BoundedProgram program("unix://" + server.socket_path(), most_data_redis);
  const std::string before = server.ask({"HGET", "job:7", "payload"});
  purge_and_restore(program);
  CHECK(server.ask({"HGET", "job:7", "payload"}) == before);
  program.succeeds({"capture", "--output", program.file("records.db")});
  server.run({{"FLUSHALL"}});
  for (int i = 0; i < 20; ++i)
    server.run({{"LPUSH", "jobqueue:dead_letter",
                 R"({"id":")" + std::to_string(i) + R"(","filepath":")" + text +
                     R"(","filesize":1,"priority":"low","retries":3,"creation_time":"2026-11-28T22:00:00Z"})"}});
  program.succeeds({"purge", "--state", "dead", "--dry-run"});
  program.succeeds({"job", "list", "--limit", "20", "-o", "name"});
  program.succeeds({"capture", "--output", program.file("elements.db")});
  server.run({{"RENAME", "jobqueue:dead_letter", "jobqueue:low_priority"}});
  program.succeeds({"peek", "-n", "20"});
  program.succeeds({"capture", "--output", program.file("waiting.db")});
}

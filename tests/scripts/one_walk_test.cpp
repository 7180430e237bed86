// `trace show` of a word that may be a trace, a correlation or a job's id looks through each store once, by the program
// on real servers: work is counted there, not timed.
#include <doctest/doctest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

using nlohmann::json;
using testing::TemporaryFolder;

struct Program {
  ProgramResult show(const std::string& word, const std::string& url) const {
    return run_program({QUEUETRACE_PROGRAM, "trace", "show", word, "-o", "json", "-s", url},
                       clean_environment(home.path()));
  }
  TemporaryFolder home;
};

std::uint64_t number_behind(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name + ':');
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 1));
}

/// What the server sent for a run, in bytes.
template <typename Call>
std::uint64_t bytes_sent(RedisServer& server, const Call& call) {
  server.run({{"CONFIG", "RESETSTAT"}});
  call();
  return number_behind(server.ask({"INFO", "stats"}), "total_net_output_bytes");
}

std::string id_of(int number) { return "b" + std::to_string(1'000'000 + number); }
std::string trace_of(int number) { return std::to_string(1'000'000'000'000'000 + number) + "abcdefabcdefabcd"; }

}  // namespace

TEST_CASE("a word that no job has is looked for in one walk through Redis lists") {
  RedisServer server;
  std::vector<std::string> push{"LPUSH", "jobqueue:completed"};
  std::uint64_t bytes = 0;
  for (int number = 0; number < 4'000; ++number) {
    push.push_back(json{{"id", id_of(number)},
                        {"filepath", "/data/in/document-" + std::to_string(number) + ".pdf"},
                        {"filesize", 1000 + number},
                        {"priority", "low"},
                        {"retries", 0},
                        {"creation_time", "2026-01-02T03:04:05Z"},
                        {"trace_id", trace_of(number)},
                        {"span_id", trace_of(number).substr(0, 16)}}
                       .dump());
    bytes += push.back().size();
  }
  server.run({push});
  const Program program;
  const std::string url = "unix://" + server.socket_path();
  for (const char* word : {"order-12345", "0af7651916cd43dd8448eb211c80319c", "deadbeef"}) {
    CAPTURE(word);
    ProgramResult result;
    const std::uint64_t sent = bytes_sent(server, [&] { result = program.show(word, url); });
    CHECK_MESSAGE(result.exit_code == 3, result.messages);
    CHECK(sent > bytes);
    CHECK(sent < bytes + bytes / 2);
  }
  // What one job has is found by each of its ids in one walk, and one more looks for everything the job points to.
  for (const std::string& word : {id_of(1234), trace_of(1234)}) {
    CAPTURE(word);
    ProgramResult result;
    const std::uint64_t sent = bytes_sent(server, [&] { result = program.show(word, url); });
    REQUIRE_MESSAGE(result.exit_code == 0, result.messages);
    const json document = json::parse(result.output);
    REQUIRE(document["nodes"].size() == 1);
    CHECK(document["nodes"][0]["id"] == id_of(1234));
    CHECK(sent < 2 * bytes + bytes / 2);
  }
}

TEST_CASE("a word that no job has is looked for in one walk through Redis records") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  std::uint64_t bytes = 0;
  for (int number = 0; number < 2'000; ++number) {
    const std::string payload = json{{"order", number}, {"text", std::string(200, 'x')}}.dump();
    bytes += payload.size();
    commands.push_back({"HSET",
                        "job:" + id_of(number),
                        "id",
                        id_of(number),
                        "service_required",
                        "mail",
                        "priority",
                        "50",
                        "payload",
                        payload,
                        "created_at",
                        "2025-10-01T10:01:00.000Z",
                        "status",
                        "completed",
                        "retry_count",
                        "0",
                        "max_retries",
                        "3",
                        "job_trace_id",
                        trace_of(number)});
  }
  commands.push_back({"SADD", "workers:active", "w-1"});
  commands.push_back({"ZADD", "jobs:pending", "49999998240687140", id_of(1)});
  server.run(commands);
  const Program program;
  ProgramResult result;
  const std::uint64_t sent = bytes_sent(
      server, [&] { result = program.show("0af7651916cd43dd8448eb211c80319c", "unix://" + server.socket_path()); });
  CHECK_MESSAGE(result.exit_code == 3, result.messages);
  CHECK(sent > bytes);
  const std::uint64_t one_walk = sent;
  const std::uint64_t only_trace = bytes_sent(server, [&] {
    result = run_program({QUEUETRACE_PROGRAM, "trace", "show", "0af7651916cd43dd8448eb211c80319c", "--as", "trace",
                          "-s", "unix://" + server.socket_path()},
                         clean_environment(program.home.path()));
  });
  CHECK_MESSAGE(result.exit_code == 3, result.messages);
  CHECK(one_walk < only_trace + only_trace / 4);
}

TEST_CASE("a word that may be any id is one statement in PostgreSQL, and each index answers its part") {
  PostgresDatabase database;
  database.run_file(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_b/load.sql");
  database.run(
      "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, trace_id, "
      "correlation_id) SELECT md5(n::text)::uuid, 'email', '{}', 'Completed', now(), now(), md5('trace' || n), "
      "'order-' || n FROM generate_series(1, 20000) n; ANALYZE hammerwork_jobs; SELECT pg_stat_reset();");
  const Program program;
  const ProgramResult result = program.show("0af76519-16cd-43dd-8448-eb211c80319d", database.url());
  CHECK_MESSAGE(result.exit_code == 3, result.messages);
  const auto scans = [&](const std::string& columns) {
    return database.ask(
        "SELECT coalesce(sum(idx_scan), 0) FROM pg_stat_user_indexes s JOIN pg_index i USING "
        "(indexrelid) WHERE s.relname = 'hammerwork_jobs' AND pg_get_indexdef(indexrelid, 1, true) = '" +
        columns + "'");
  };
  // The server counts what a session did once it has ended.
  for (int tries = 0; scans("trace_id") == "0" && tries < 600; ++tries) usleep(100'000);
  CHECK(scans("trace_id") == "9");  // one for each spelling of the id
  CHECK(scans("correlation_id") == "1");
  CHECK(scans("id") == "1");
  CHECK(database.ask("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'hammerwork_jobs'") == "0");
}

}  // namespace queuetrace::test

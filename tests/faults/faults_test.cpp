// Servers, networks, disks and readers that fail under a command: one clear error, the right exit code, what else was
// there still shown, and never a password.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/faults/world.hpp"
#include "tests/support/held_table.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const fs::path hammerwork = std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql";

/// `count` waiting jobs in the low queue.
void load_many(RedisServer& server, int count) {
  std::vector<std::vector<std::string>> commands;
  std::vector<std::string> push{"LPUSH", "jobqueue:low_priority"};
  for (int i = 0; i < count; ++i) {
    push.push_back("{\"id\":\"job-" + std::to_string(i) +
                   "\",\"filepath\":\"/f\",\"filesize\":1,\"priority\":\"low\",\"retries\":0,\"creation_time\":"
                   "\"2026-01-02T03:01:05Z\",\"trace_id\":\"\",\"span_id\":\"\"}");
    if (push.size() == 1002 || i + 1 == count) {
      commands.push_back(push);
      push.resize(2);
    }
  }
  server.run(commands);
}

std::string url_of(const RedisServer& server) { return "unix://" + server.socket_path(); }

TEST_CASE("PostgreSQL: refusals") {
  World world;
  PostgresDatabase database(hammerwork);
  const std::string folder = postgres_socket_folder().string();
  database.run("CREATE ROLE reader LOGIN; CREATE ROLE locked LOGIN PASSWORD 'something else'");

  SUBCASE("permission denied") {
    const ProgramResult result = world.run({"job", "list", "-o", "table", "--source", database.url("reader")});
    CHECK(result.exit_code == 4);
    CHECK(result.output.empty());
    CHECK_MESSAGE(result.messages.find("permission denied") != std::string::npos, result.messages);
  }
  SUBCASE("wrong password") {
    const std::string url = "postgresql://locked:" + std::string(canary) + "@/" + database.name() + "?host=" + folder;
    for (const char* format : {"table", "json"}) {
      const ProgramResult result = world.run({"job", "list", "-o", format, "--source", url});
      CHECK(result.exit_code == 4);
      CHECK(result.output.empty());
      CHECK_MESSAGE(result.messages.find("refused the log-in") != std::string::npos, result.messages);
    }
    const ProgramResult all = world.run({"source", "check", "-v", "--source", url});
    CHECK(all.exit_code == 4);
    CHECK(world.run({"source", "list", "-v", "--source", url}).exit_code == 0);
    CHECK(world.run({"config", "show", "-v"}).exit_code == 0);
    CHECK(world.run({"capture", "--output", (world.home() / "x.db").string(), "--source", url}).exit_code == 4);
    CHECK_FALSE(fs::exists(world.home() / "x.db"));
  }
  SUBCASE("wrong password from the configuration and from the environment") {
    fs::create_directories(world.home() / "config/queuetrace");
    const fs::path file = world.home() / "config/queuetrace/config.toml";
    std::ofstream(file) << "[sources.prod]\nurl = \"postgresql://locked:" << canary << "@/" << database.name()
                        << "?host=" << folder << "\"\n";
    fs::permissions(file, fs::perms(0600));
    CHECK(world.run({"job", "list", "-s", "prod"}).exit_code == 4);
    CHECK(world.run({"config", "show"}).exit_code == 0);
    CHECK(world.run({"config", "show", "-o", "table"}).exit_code == 0);
    CHECK(world.run({"source", "list", "-o", "wide"}).exit_code == 0);
    world.set("PGPASSWORD", canary);
    CHECK(world.run({"job", "list", "-v", "-s", "postgresql://locked@/" + database.name() + "?host=" + folder})
              .exit_code == 4);
    fs::permissions(file, fs::perms(0666));
    const ProgramResult open = world.run({"job", "list", "-s", "prod", "-o", "table"});
    CHECK(open.exit_code == 2);
    CHECK_MESSAGE(open.messages.find("may write") != std::string::npos, open.messages);
  }
  database.run("DROP OWNED BY reader; DROP ROLE reader; DROP ROLE locked");
}

/// The server process in which a question of the program waits for a lock; it comes to that.
std::string waiting_process(const PostgresDatabase& database) {
  for (;;) {
    const std::string process = database.ask(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'queuetrace' AND "
        "wait_event_type = 'Lock'");
    if (!process.empty()) return process;
    std::this_thread::sleep_for(20ms);
  }
}

TEST_CASE("PostgreSQL: a lock somebody holds ends in a time-out") {
  World world;
  PostgresDatabase database(hammerwork);
  const HeldTable held(database, "hammerwork_jobs");
  const ProgramResult result = world.run({"job", "list", "--timeout", "700ms", "-o", "table", "-s", database.url()});
  CHECK(result.exit_code == 5);
  CHECK(result.output.empty());
  CHECK_MESSAGE(result.messages.find("error: ") == 0, result.messages);
  // An interrupt does not wait for the server either.
  const ProgramResult interrupted =
      world.shell("timeout --preserve-status -s INT 0.5 \"$0\" job list -s '" + database.url() + "'");
  CHECK_MESSAGE(interrupted.exit_code == 130, interrupted.messages);
}

TEST_CASE("PostgreSQL: a server process that is stopped is not waited for") {
  World world;
  PostgresDatabase database(hammerwork);
  // While the lock is held the question waits in its server process, which is stopped then: no time-out of its own
  // ends it any more.
  const HeldTable held(database, "hammerwork_jobs");
  std::future<ProgramResult> listing = std::async(std::launch::async, [&] {
    return world.run({"job", "list", "--timeout", "8s", "-o", "table", "-s", database.url()});
  });
  const std::string process = waiting_process(database);
  REQUIRE(kill(std::stoi(process), SIGSTOP) == 0);
  const ProgramResult result = listing.get();
  kill(std::stoi(process), SIGCONT);
  CHECK(result.exit_code == 5);
  CHECK(result.output.empty());
  CHECK_MESSAGE(result.messages.find("no answer within ") != std::string::npos, result.messages);
}

TEST_CASE("PostgreSQL: what a server remarks while a session begins is not written as it is") {
  World world;
  PostgresDatabase database(hammerwork);
  database.run(
      "DO $$ BEGIN CREATE ROLE remarked_upon LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN NULL; END $$; "
      "ALTER ROLE remarked_upon SET default_tablespace = E'CANARY\\033]0;title\\007'");
  for (const char* format : {"json", "table"}) {
    const ProgramResult listing = world.run({"job", "list", "-o", format, "-s", database.url("remarked_upon")});
    CHECK(listing.exit_code == 0);
    CHECK_MESSAGE(listing.messages.find("CANARY") == std::string::npos, listing.messages);
    CHECK(listing.messages.find('\033') == std::string::npos);
  }
}

TEST_CASE("PostgreSQL: the connection is cut while a list is read") {
  World world;
  PostgresDatabase database(hammerwork);
  const HeldTable held(database, "hammerwork_jobs");
  std::future<ProgramResult> listing = std::async(std::launch::async, [&] {
    return world.run({"job", "list", "-o", "table", "-s", database.url()});
  });
  database.ask("SELECT pg_terminate_backend(" + waiting_process(database) + ")");
  const ProgramResult result = listing.get();
  CHECK(result.exit_code == 5);
  CHECK(result.output.find("hammerwork") == std::string::npos);
  CHECK_MESSAGE(result.messages.find("error: ") == 0, result.messages);
}

TEST_CASE("Redis: refusals") {
  World world;
  RedisServer server;
  load_many(server, 3);
  server.run({{"ACL", "SETUSER", "reader", "on", ">" + std::string(canary), "~*", "+ping", "+hello", "+auth"},
              {"ACL", "SETUSER", "default", "resetpass", ">something else"}});
  const std::string address = "127.0.0.1:" + std::to_string(server.port()) + "/0";
  SUBCASE("a user without rights") {
    const ProgramResult result =
        world.run({"job", "list", "-o", "table", "-s", "redis://reader:" + std::string(canary) + "@" + address});
    CHECK(result.exit_code == 4);
    CHECK_MESSAGE(result.messages.find("error: ") != std::string::npos, result.messages);
  }
  SUBCASE("a wrong password") {
    const ProgramResult result =
        world.run({"job", "list", "-o", "table", "-s", "redis://default:" + std::string(canary) + "@" + address});
    CHECK(result.exit_code == 4);
  }
  SUBCASE("no password") {
    const ProgramResult result = world.run({"job", "list", "-o", "table", "-s", "redis://" + address});
    CHECK(result.exit_code == 4);
  }
}

TEST_CASE("one of two sources is down: the other is shown") {
  World world;
  RedisServer up, down;
  load_many(up, 3);
  load_many(down, 3);
  const std::string gone = url_of(down);
  down.kill();
  const ProgramResult one = world.run({"job", "list", "-s", url_of(up), "-s", gone});
  CHECK(one.exit_code == 7);
  const nlohmann::json document = nlohmann::json::parse(one.output);
  CHECK(document["jobs"].size() == 3);
  CHECK(document["sources"][1]["status"] == "failed");
  CHECK(document["sources"][1]["error"]["code"] == "unreachable");
  for (const char* command : {"stats", "peek"})
    CHECK_MESSAGE(world.run({command, "-s", gone, "-s", url_of(up)}).exit_code == 7, command);
  CHECK(world.run({"source", "check", "-s", gone, "-s", url_of(up)}).exit_code == 7);
  const ProgramResult none = world.run({"job", "list", "-o", "table", "-s", gone, "-s", "redis://127.0.0.1:1/0"});
  CHECK(none.exit_code == 5);
}

TEST_CASE("a server that is killed, an interrupt and a reader that leaves during a stream") {
  World world;
  RedisServer server;
  load_many(server, 150'000);
  const std::vector<std::string> words{"job", "list", "--limit", "0", "-s", url_of(server)};

  // In the middle of it: nobody reads what is printed, so it cannot come to its end. bash lets background jobs hear of
  // Ctrl-C only where each is a job of its own.
  const ProgramResult interrupted = world.shell(
      "set -m; mkfifo \"$HOME/pipe\"; exec 3<>\"$HOME/pipe\"; \"$0\" job list --limit 0 -s " + url_of(server) +
      " >&3 & until read -r -n 1 -u 3; do :; done; kill -INT $!; wait $!; code=$?; exec 3<&-; rm \"$HOME/pipe\"; exit "
      "$code");
  CHECK_MESSAGE(interrupted.exit_code == 130, interrupted.messages);
  CHECK_MESSAGE(interrupted.messages.find("terminate") == std::string::npos, interrupted.messages);

  const ProgramResult left =
      world.shell("set -o pipefail; \"$0\" job list --limit 0 -o jsonl -s " + url_of(server) + " | head -1");
  CHECK_MESSAGE((left.exit_code == 0 || left.exit_code == 141), left.messages);
  CHECK(left.messages.empty());
  CHECK(std::count(left.output.begin(), left.output.end(), '\n') == 1);

  const ProgramResult full = world.shell("\"$0\" job list --limit 0 -s " + url_of(server) + " > /dev/full");
  CHECK(full.exit_code == 1);
  CHECK_MESSAGE(full.messages.find("No space left on device") != std::string::npos, full.messages);

  const fs::path file = world.home() / "list.json";
  std::future<ProgramResult> listing = std::async(std::launch::async, [&] {
    return world.shell("\"$0\" job list --limit 0 -s " + url_of(server) + " > " + file.string());
  });
  std::error_code none;
  while (!fs::exists(file) || fs::file_size(file, none) == 0) std::this_thread::sleep_for(5ms);
  server.kill();
  const ProgramResult killed = listing.get();
  CHECK_MESSAGE((killed.exit_code == 5 || killed.exit_code == 7), killed.messages);
  const nlohmann::json document = nlohmann::json::parse(std::ifstream(file));  // still one document
  CHECK(document["jobs"].size() < 150'000);
  CHECK(document["sources"][0]["status"] == "failed");
}

TEST_CASE("a capture on a full disk leaves nothing behind") {
  World world;
  RedisServer server;
  load_many(server, 20'000);
  const std::string file = (world.home() / "full.db").string();
  const ProgramResult result =
      world.shell("ulimit -f 64; \"$0\" capture -o table -s " + url_of(server) + " --output " + file);
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(result.messages.find("error: ") == 0, result.messages);
  CHECK(result.output.empty());
  for (const fs::directory_entry& entry : fs::directory_iterator(world.home()))
    CHECK_MESSAGE(false, entry.path().string());
}

}  // namespace
}  // namespace queuetrace::test

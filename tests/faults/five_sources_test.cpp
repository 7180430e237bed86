// One configuration, five sources, six stores: two PostgreSQL databases with three systems, one Redis with two, one
// capture. Every reading command over all of them at once, then with Redis killed in the middle.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* trace = "5bd1f8a3c0de4f0f9a77b2e6d4c3a190";
constexpr const char* order = "order-77";

class FiveSources {
 public:
  FiveSources() {
    jobs_.run_file(fixture("hammerwork/fixtures/dialect_c/load.sql"));
    jobs_.run_file(fixture("procrastinate/fixtures/s34/load.sql"));
    events_.run_file(fixture("rustok_outbox/fixtures/current/load.sql"));
    redis_.load(fixture("go_redis_work_queue/fixtures/standard/load.redis"));
    redis_.load(fixture("emp_job_queue/fixtures/standard/load.redis"));
    add_one_trace();
    fs::create_directories(home_.path() / "config/queuetrace");
    const fs::path file = home_.path() / "config/queuetrace/config.toml";
    std::ofstream(file) << "[sources.jobs]\nurl = \"" << jobs_.url() << "\"\n"
                        << "[sources.events]\nurl = \"" << events_.url() << "\"\n"
                        << "[sources.files]\nurl = \"unix://" << redis_.socket_path()
                        << "\"\nsystem = \"go-redis-work-queue\"\n"
                        << "[sources.models]\nurl = \"unix://" << redis_.socket_path()
                        << "\"\nsystem = \"emp-job-queue\"\n"
                        << "[sources.yesterday]\nurl = \"sqlite:" << (home_.path() / "yesterday.db").string() << "\"\n"
                        << "[groups]\nall = [\"jobs\", \"events\", \"files\", \"models\", \"yesterday\"]\n";
    fs::permissions(file, fs::perms(0600));
    const ProgramResult captured =
        run({"capture", "-s", "jobs", "--trace-id", trace, "--output", (home_.path() / "yesterday.db").string()});
    REQUIRE_MESSAGE(captured.exit_code == 0, captured.messages);
  }

  ProgramResult run(std::vector<std::string> words) const {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return run_program(words, clean_environment(home_.path()));
  }
  /// The command over all five sources as JSON, with the exit code it must have.
  Json ask(std::vector<std::string> words, int exit_code) const {
    words.insert(words.end(), {"-s", "all", "-o", "json"});
    const ProgramResult result = run(words);
    CHECK_MESSAGE(result.exit_code == exit_code, result.messages);
    return Json::parse(result.output);
  }
  RedisServer& redis() { return redis_; }
  const fs::path& home() const { return home_.path(); }

 private:
  static fs::path fixture(const std::string& name) { return fs::path(TEST_SYSTEMS) / name; }

  /// One trace and one order through all five systems.
  void add_one_trace() {
    const std::string id = trace;
    jobs_.run(
        "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, trace_id, "
        "correlation_id) "
        "VALUES ('77000000-0000-4000-8000-000000000077', 'email', '{}', 'Pending', '2026-01-03 10:00:00Z', "
        "'2026-01-03 10:00:00Z', '" +
        id + "', 'order-77')");
    jobs_.run(
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, priority, args, status) VALUES (7700, 'email', "
        "'app.send', 0, '{\"trace_context\": {\"traceparent\": \"00-" +
        id + "-b7ad6b7169203331-01\"}, \"correlation_id\": \"order-77\"}', 'todo')");
    events_.run(
        "INSERT INTO sys_events (id, payload, created_at, event_type, schema_version, status) VALUES "
        "('019b7c00-7700-7000-8000-000000000077', '{\"id\": \"019b7c00-7700-7000-8000-000000000077\", "
        "\"event_type\": \"order.placed\", \"schema_version\": 1, \"correlation_id\": \"order-77\", "
        "\"causation_id\": null, \"tenant_id\": \"7e000000-0000-4000-8000-000000000001\", \"trace_id\": \"" +
        id +
        "\", \"timestamp\": \"2026-01-03T10:00:01+00:00\", \"actor_id\": null, \"event\": {\"type\": "
        "\"OrderPlaced\", \"data\": {}}, \"retry_count\": 0}', '2026-01-03 10:00:01Z', 'order.placed', 1, 'pending')");
    redis_.run({{"LPUSH", "jobqueue:low_priority",
                 "{\"id\":\"f7700000000000000000000000000077\",\"filepath\":\"/data/in/77.pdf\",\"filesize\":1,"
                 "\"priority\":\"low\",\"retries\":0,\"creation_time\":\"2026-01-03T10:00:02Z\",\"trace_id\":\"" +
                     id + "\",\"span_id\":\"b7ad6b7169203331\"}"},
                {"HSET",
                 "job:77000000-aaaa-4000-8000-000000000077",
                 "id",
                 "77000000-aaaa-4000-8000-000000000077",
                 "service_required",
                 "comfyui",
                 "priority",
                 "50",
                 "payload",
                 "{}",
                 "status",
                 "pending",
                 "retry_count",
                 "0",
                 "max_retries",
                 "3",
                 "created_at",
                 "2026-01-03T10:00:03.000Z",
                 "workflow_id",
                 order,
                 "job_trace_id",
                 id,
                 "job_span_id",
                 "b7ad6b7169203332"},
                {"ZADD", "jobs:pending", "49999998204805096", "77000000-aaaa-4000-8000-000000000077"}});
  }

  testing::TemporaryFolder home_;
  PostgresDatabase jobs_, events_;
  RedisServer redis_;
};

std::set<std::string> sources_of(const Json& jobs) {
  std::set<std::string> out;
  for (const Json& job : jobs) out.insert(job.at("source").get<std::string>());
  return out;
}

/// Addresses in `sources`, with `: error` behind those that failed.
std::set<std::string> outcomes_of(const Json& answer) {
  std::set<std::string> out;
  for (const Json& source : answer.at("sources")) {
    const bool failed = source.at("status") != "ok";
    out.insert(source.at("address").get<std::string>() + (failed ? ": error" : ""));
  }
  return out;
}

const std::set<std::string> all_stores{"events", "files",    "jobs/hammerwork", "jobs/procrastinate",
                                       "models", "yesterday"};
const std::set<std::string> with_redis_gone{"events",        "files: error", "jobs/hammerwork", "jobs/procrastinate",
                                            "models: error", "yesterday"};

TEST_CASE("five sources in one answer, and one server stopped in the middle") {
  FiveSources five;

  const Json traced = five.ask({"job", "list", "--trace-id", trace}, 0);
  CHECK(sources_of(traced.at("jobs")) == all_stores);
  CHECK(outcomes_of(traced) == all_stores);
  CHECK(traced.at("jobs").size() == 7);  // the capture holds both of `jobs`
  CHECK_FALSE(traced.at("truncated").get<bool>());

  const Json of_order = five.ask({"job", "list", "--correlation-id", order}, 0);
  CHECK(sources_of(of_order.at("jobs")).contains("jobs/hammerwork"));
  CHECK(sources_of(of_order.at("jobs")).contains("events"));
  CHECK(sources_of(of_order.at("jobs")).contains("models"));
  CHECK(outcomes_of(of_order).size() == all_stores.size());

  for (const char* format : {"json", "jsonl", "tree", "mermaid", "svg", "html", "chrome"}) {
    const ProgramResult shown = five.run({"trace", "show", trace, "-s", "all", "-o", format});
    CHECK_MESSAGE(shown.exit_code == 0, (format + shown.messages));
    for (const std::string id : {"77000000-0000-4000-8000-000000000077", "7700", "019b7c00-7700-7000-8000-000000000077",
                                 "f7700000000000000000000000000077", "77000000-aaaa-4000-8000-000000000077"}) {
      // A tree, and a label of Mermaid's, show as much of an id as tells it from the others.
      const bool is_short = format == std::string("tree") || format == std::string("mermaid");
      const std::string told = is_short ? id.substr(0, 8) : id;
      CHECK_MESSAGE(shown.output.find(told) != std::string::npos, (std::string(format) + " lacks " + told));
    }
  }

  CHECK(outcomes_of(five.ask({"stats"}, 0)) == all_stores);
  CHECK(outcomes_of(five.ask({"queue", "list"}, 0)) == all_stores);
  CHECK(outcomes_of(five.ask({"peek", "--why"}, 0)) == all_stores);
  CHECK(outcomes_of(five.ask({"doctor"}, 0)) == all_stores);
  for (const char* command : {"stats", "peek", "doctor"}) {
    const ProgramResult table = five.run({command, "-s", "all", "-o", "table"});
    CHECK_MESSAGE(table.exit_code == 0, table.messages);
    CHECK(table.output.find("jobs/procrastinate") != std::string::npos);
    CHECK(table.output.find("models") != std::string::npos);
  }

  five.redis().kill();
  const Json rest = five.ask({"job", "list", "--trace-id", trace}, 7);
  CHECK(rest.at("jobs").size() == 5);
  CHECK(outcomes_of(rest) == with_redis_gone);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"stats"}, {"queue", "list"}, {"peek", "--why"}, {"doctor"}, {"job", "errors"}})
    CHECK_MESSAGE(outcomes_of(five.ask(words, 7)) == with_redis_gone, words.front());
  const ProgramResult tree = five.run({"trace", "show", trace, "-s", "all", "-o", "tree"});
  CHECK(tree.exit_code == 7);
  CHECK(tree.output.find("77000000") != std::string::npos);
  CHECK(tree.messages.find("files") != std::string::npos);
  CHECK(tree.messages.find("models") != std::string::npos);
  const ProgramResult shown =
      five.run({"job", "show", "jobs/hammerwork/77000000-0000-4000-8000-000000000077", "-o", "json"});
  CHECK_MESSAGE(shown.exit_code == 0, shown.messages);
  const ProgramResult lost = five.run({"job", "show", "files/f7700000000000000000000000000077", "-o", "json"});
  CHECK(lost.exit_code == 5);
}

}  // namespace
}  // namespace queuetrace::test

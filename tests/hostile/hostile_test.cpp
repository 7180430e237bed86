// Stores full of hostile text, every command in every format: nothing that is printed, on either stream, may control a
// terminal, break UTF-8 or break the format, and every job is there.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <sstream>

#include "tests/hostile/inputs.hpp"
#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

const std::vector<std::string> formats{"table", "wide", "json", "jsonl", "csv", "tsv", "name"};

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

/// A Hammerwork table with one job for each input PostgreSQL can hold, in every column that takes text.
std::size_t fill(const PostgresDatabase& database, const std::vector<HostileInput>& inputs) {
  database.run_file(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql");
  std::string sql = "DELETE FROM hammerwork_jobs_archive; DELETE FROM hammerwork_jobs;";
  std::size_t count = 0;
  for (const HostileInput& input : inputs) {
    if (!is_utf8(input.bytes, true)) continue;
    ++count;
    sql +=
        "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, attempts, created_at, scheduled_at, "
        "error_message, trace_id, correlation_id, parent_span_id, span_context, workflow_name, timezone, "
        "cron_schedule, failed_at) SELECT gen_random_uuid(), t, jsonb_build_object('text', t, t, 1), CASE WHEN " +
        std::to_string(count) +
        " % 2 = 0 THEN 'Pending' ELSE 'Failed' END, 1, now(), now(), t, t, t, t, t, t, left(t, 50), left(t, 100), "
        "now() FROM (SELECT convert_from(decode('" +
        hex(input.bytes) + "', 'hex'), 'UTF8') AS t) AS one;";
  }
  // What is said of a pause is anybody's text, too.
  sql +=
      "INSERT INTO hammerwork_queue_pause (queue_name, paused_by, reason) SELECT left(error_message, 255), "
      "left(error_message, 255), error_message FROM hammerwork_jobs ON CONFLICT DO NOTHING;";
  database.run(sql);
  return count;
}

/// Elements with each input as JSON in every member, and as they are, in waiting lists and in the lists of workers of
/// that name.
std::size_t fill(RedisServer& server, const std::vector<HostileInput>& inputs) {
  std::vector<std::vector<std::string>> commands;
  for (const HostileInput& input : inputs) {
    const std::string text = json_string(input.bytes);
    const std::string element = "{\"id\":" + text + ",\"filepath\":" + text + ",\"priority\":" + text +
                                ",\"creation_time\":" + text + ",\"trace_id\":" + text + ",\"span_id\":" + text + "," +
                                text + ":1,\"retries\":1}";
    commands.push_back({"LPUSH", "jobqueue:low_priority", element});
    commands.push_back({"LPUSH", "jobqueue:dead_letter", input.bytes});
    commands.push_back({"LPUSH", "jobqueue:worker:" + input.bytes + ":processing", element});
    commands.push_back({"SET", "jobqueue:processing:worker:" + input.bytes, element});
  }
  server.run(commands);
  return inputs.size() * 3;
}

struct Store {
  std::string url;
  std::size_t jobs = 0;
};

struct World {
  World() {
    const std::vector<HostileInput> inputs = hostile_inputs();
    stores.push_back({database.url(), fill(database, inputs)});
    stores.push_back({"unix://" + redis.socket_path(), fill(redis, inputs)});
    const std::string file = (home / "held.db").string();
    const ProgramResult captured =
        run({"capture", "--source", stores[0].url, "--source", stores[1].url, "--output", file});
    REQUIRE_MESSAGE(captured.exit_code == 0, captured.messages);
    stores.push_back({"sqlite:" + file, stores[0].jobs + stores[1].jobs});
  }

  ProgramResult run(std::vector<std::string> words) const {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return run_program(words, clean_environment(home.path()));
  }

  testing::TemporaryFolder home;
  PostgresDatabase database;
  RedisServer redis;
  std::vector<Store> stores;
};

World& world() {
  static const std::unique_ptr<World> one = std::make_unique<World>();
  return *one;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

/// CSV ends its lines with CR LF.
std::string without_csv_line_ends(std::string text) {
  for (std::size_t at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
  return text;
}

ProgramResult checked(const std::vector<std::string>& words, const std::string& format) {
  std::vector<std::string> all{"--output", format};
  all.insert(all.end(), words.begin(), words.end());
  ProgramResult result = world().run(all);
  INFO(joined(all));
  const std::optional<std::string> out = forbidden(
      format == "csv" ? without_csv_line_ends(result.output) : result.output, format == "tsv" || format == "csv");
  const std::optional<std::string> messages = forbidden(result.messages, false);
  CHECK_MESSAGE(!out, *out);
  CHECK_MESSAGE(!messages, *messages);
  CHECK_MESSAGE(result.exit_code < 100, result.messages);
  CHECK_MESSAGE(result.exit_code != 1, result.messages);
  if (format == "json" && result.exit_code == 0) CHECK(nlohmann::json::accept(result.output));
  if (format == "jsonl") {
    std::istringstream lines(result.output);
    for (std::string line; std::getline(lines, line);) CHECK(nlohmann::json::accept(line));
  }
  if (format == "json" || format == "jsonl") {
    std::istringstream lines(result.messages);
    for (std::string line; std::getline(lines, line);) CHECK(nlohmann::json::accept(line));
  }
  return result;
}

/// Records of a CSV text: line ends outside quotes.
std::size_t csv_records(const std::string& text) {
  bool quoted = false;
  std::size_t records = 0;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) ++records;
  }
  return records;
}

TEST_CASE("lists hold every job and nothing that controls a terminal") {
  for (const Store& store : world().stores) {
    for (const std::string& format : formats) {
      const std::vector<std::string> words{"job", "list", "--source", store.url, "--limit", "1000", "--payload"};
      const ProgramResult result = checked(words, format);
      INFO(store.url, " ", format, ": ", result.messages);
      CHECK(result.exit_code == 0);
      const auto lines = static_cast<std::size_t>(std::count(result.output.begin(), result.output.end(), '\n'));
      if (format == "table" || format == "wide") CHECK(lines == store.jobs + 3);  // summary, headings, hint
      if (format == "tsv") CHECK(lines == store.jobs + 1);
      if (format == "jsonl" || format == "name") CHECK(lines == store.jobs);
      if (format == "csv") CHECK(csv_records(result.output) == store.jobs + 1);
      if (format == "json") CHECK(nlohmann::json::parse(result.output)["jobs"].size() == store.jobs);
    }
  }
}

TEST_CASE("streams, details, queues and checks are harmless too") {
  for (const Store& store : world().stores) {
    for (const std::string& format : formats) {
      checked({"job", "list", "--source", store.url, "--limit", "0"}, format);
      checked({"stats", "--source", store.url}, format);
      checked({"stats", "--source", store.url, "--by-state"}, format);
      checked({"queue", "list", "--source", store.url}, format);
      checked({"queue", "list", "--paused", "--source", store.url}, format);
      checked({"peek", "--why", "--payload", "--include-tracing", "--n", "200", "--source", store.url}, format);
      checked({"source", "check", "--source", store.url}, format);
    }
  }
  const ProgramResult paused = checked({"queue", "list", "--paused", "--source", world().stores[0].url}, "json");
  CHECK(nlohmann::json::parse(paused.output)["queues"].size() > world().stores[0].jobs / 2);
}

TEST_CASE("jobs shown by their hostile ids") {
  for (const HostileInput& input : hostile_inputs()) {
    // No argument can hold NUL; an element that is no UTF-8 has no id.
    if (input.bytes.find('\0') != std::string::npos || !is_utf8(input.bytes)) continue;
    INFO(input.name);
    const std::string& redis = world().stores[1].url;
    const ProgramResult shown =
        checked({"job", "show", "--include-tracing", "--source", redis, "--", input.bytes}, "table");
    CHECK(shown.exit_code == 0);
    CHECK(checked({"job", "show", "--include-tracing", "--source", redis, "--", input.bytes}, "json").exit_code == 0);
  }
}

TEST_CASE("hostile words on the command line come back harmless") {
  std::size_t turn = 0;  // each input goes through every third word, each word meets a third of the inputs
  for (const HostileInput& input : hostile_inputs()) {
    if (input.bytes.find('\0') != std::string::npos) continue;
    INFO(input.name);
    const std::string& source = world().stores[2].url;
    const std::string& text = input.bytes;
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"job", "list", "--source", source, "--trace-id=" + text},
             {"job", "list", "--source", source, "--queue=" + text + "x"},
             {"job", "list", "--source", source, "--state=" + text},
             {"job", "list", "--source", source, "--since=" + text},
             {"job", "list", "--source", source, "--where=" + text},
             {"job", "list", "--source", source, "--cursor=" + text},
             {"job", "list", "--source=" + text},
             {"trace", "url", "--source", source, "--", text},
             {"trace", "url", "--source", source, "--viewer=" + text, "0af7651916cd43dd8448eb211c80319c"},
             {text}}) {
      if (turn++ % 3 == 0) checked(words, turn % 2 == 0 ? "table" : "json");
    }
  }
}

TEST_CASE("completion offers nothing that controls a terminal") {
  for (const char* word : {"--source", "--queue", "--state"}) {
    const ProgramResult result = world().run({"__complete", "job", "list", word, ""});
    const std::optional<std::string> bad = forbidden(result.output, true);
    CHECK_MESSAGE(!bad, *bad);
  }
}

}  // namespace
}  // namespace queuetrace::test

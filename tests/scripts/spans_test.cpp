// What a collector of OpenTelemetry is told of commands that change jobs, by the program on a real server: one span a
// command, with what was asked and how much was done, and never anything out of a job or a password.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/clean_environment.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr const char* canary = "CANARY-7f3a";
constexpr const char* parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A Hammerwork queue whose jobs hold the canary wherever an application can put something, reached with a password.
struct Store {
  Store() {
    database.run(
        "DELETE FROM hammerwork_jobs; DELETE FROM hammerwork_jobs_archive; DELETE FROM hammerwork_queue_pause; "
        "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, failed_at, "
        "error_message, trace_id, correlation_id) SELECT (lpad(n::text, 8, '0') || "
        "'-0000-4000-8000-000000000000')::uuid, 'email', '{\"secret\": \"CANARY-7f3a\"}', "
        "CASE WHEN n <= 4 THEN 'Dead' ELSE 'Pending' END, now(), now(), CASE WHEN n <= 4 THEN now() END, "
        "CASE WHEN n <= 4 THEN 'CANARY-7f3a' END, 'CANARY-7f3a', 'CANARY-7f3a' FROM generate_series(1, 12) n");
  }
  /// With a password that the server does not ask for.
  std::string url() const { return database.url() + "&password=" + canary; }

  PostgresDatabase database{std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql"};
};

/// A user who works on the store; the environment names the collector.
struct Operator {
  explicit Operator(const Store& store) : url(store.url()) {}

  ProgramResult run(Words words, std::map<std::string, std::string> more = {}) const {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"-s", url});
    std::map<std::string, std::string> environment = clean_environment(home.path());
    for (const auto& [name, value] : more) environment[name] = value;
    return run_program(words, environment);
  }
  /// The whole request of the one span of a run. The canary must not be in it, nor in its headers.
  json request(const Words& words, int exit_code, const std::map<std::string, std::string>& more = {}) const {
    const HttpReceiver receiver;
    std::map<std::string, std::string> all{{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"TRACEPARENT", parent}};
    for (const auto& [name, value] : more) all[name] = value;
    const ProgramResult result = run(words, all);
    INFO(words.front(), " ", words.back(), ": ", result.messages);
    CHECK(result.exit_code == exit_code);
    REQUIRE(receiver.requests().size() == 1);
    const std::string body = receiver.requests().front().body;
    CHECK_MESSAGE(body.find(canary) == std::string::npos, body);
    return json::parse(body)["resourceSpans"][0];
  }
  json span(const Words& words, int exit_code) const {
    const json whole = request(words, exit_code);
    CHECK(whole["scopeSpans"].size() == 1);
    CHECK(whole["scopeSpans"][0]["spans"].size() == 1);
    return whole["scopeSpans"][0]["spans"][0];
  }

  testing::TemporaryFolder home;
  std::string url;
};

/// An attribute in its text form; a list as its elements, each in brackets; empty: not there.
std::string attribute(const json& span, const std::string& name) {
  for (const json& one : span["attributes"]) {
    if (one["key"] != name) continue;
    const json& value = one["value"].front();
    if (!value.is_object()) return value.is_string() ? value.get<std::string>() : value.dump();
    std::string text;
    for (const json& element : value["values"]) text += "[" + element.front().get<std::string>() + "]";
    return text;
  }
  return {};
}

struct Expected {
  Words words;
  std::string name;
  std::string done;  ///< admin.affected_count
  bool destructive = false;
  std::string filter = {};
};

std::string id_of(int number) { return "0000000" + std::to_string(number) + "-0000-4000-8000-000000000000"; }

TEST_CASE("one span for each command that changes something") {
  const Store store;
  const Operator user(store);
  const std::string backup = (user.home.path() / "b.jsonl").string();
  const std::vector<Expected> all{
      {{"job", "retry", "--state", "dead", "--id", id_of(1), "--yes"}, "admin.retry", "1", false, "--state dead"},
      {{"job", "cancel", id_of(5)}, "admin.cancel", "1"},
      {{"job", "move", id_of(6), "--to", "reports", "--new-queue"}, "admin.move", "1"},
      {{"job", "delete", id_of(2)}, "admin.delete", "1", true},
      {{"purge", "--state", "dead", "--yes", "--backup", backup}, "admin.purge", "2", true, "--state dead"},
      {{"job", "restore", backup, "--yes"}, "admin.restore", "2"},
      {{"queue", "pause", "email", "--yes"}, "admin.pause", "1"},
      {{"queue", "resume", "email", "--yes"}, "admin.resume", "1"},
  };
  for (const Expected& one : all) {
    CAPTURE(one.name);
    const json span = user.span(one.words, 0);
    CHECK(span["name"] == one.name);
    CHECK(span["traceId"] == "0af7651916cd43dd8448eb211c80319c");
    CHECK(span["parentSpanId"] == "b7ad6b7169203331");
    CHECK(span["status"] == json::object());
    CHECK("admin." + attribute(span, "admin.operation") == one.name);
    CHECK(attribute(span, "admin.affected_count") == one.done);
    for (const char* none : {"changed", "skipped", "failed", "unknown", "not_tried"})
      CHECK_MESSAGE(attribute(span, "admin." + std::string(none) + "_count") == "0", none);
    CHECK(attribute(span, "admin.destructive") == (one.destructive ? "true" : "false"));
    CHECK(attribute(span, "admin.dry_run") == "false");
    CHECK(attribute(span, "admin.system") == "[hammerwork]");
    CHECK(attribute(span, "admin.server").find("password=***") != std::string::npos);
    CHECK(attribute(span, "admin.filter").starts_with(one.filter));
    CHECK(attribute(span, "process.exit.code") == "0");
  }
}

TEST_CASE("refusals and failures are told as such") {
  const Store store;
  const Operator user(store);
  const json refused = user.span({"purge", "--state", "dead"}, 6);
  CHECK(refused["name"] == "admin.purge");
  CHECK(refused["status"]["code"] == 2);
  CHECK(refused["status"]["message"] == "changing 4 jobs must be confirmed; nothing was changed");
  CHECK(attribute(refused, "error.type") == "refused");
  CHECK(attribute(refused, "process.exit.code") == "6");
  // A value of --where is of payloads.
  const json dry = user.span({"purge", "--queue", "email", "--where", "secret=" + std::string(canary), "--dry-run"}, 0);
  CHECK(attribute(dry, "admin.dry_run") == "true");
  CHECK(attribute(dry, "queue.name") == "[email]");
  CHECK(dry["status"] == json::object());
  const json missing = user.span({"queue", "pause", "nowhere", "--yes"}, 3);
  CHECK(missing["name"] == "admin.pause");
  CHECK(missing["status"]["code"] == 2);
  CHECK(attribute(missing, "error.type") == "not_found");
  for (const char* command : {"peek", "stats"})
    CHECK(user.span({command, "--queue", "email"}, 0)["name"] == "admin." + std::string(command));
  CHECK(user.span({"queue", "list", "--paused"}, 0)["name"] == "admin.queue_list");
}

TEST_CASE("the environment says where spans go, as what, and with which headers") {
  const Store store;
  const Operator user(store);
  const HttpReceiver traces, all;
  const ProgramResult result =
      user.run({"job", "cancel", id_of(5)}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", all.url()},
                                             {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", traces.url() + "/here"},
                                             {"OTEL_EXPORTER_OTLP_HEADERS", "x-key=" + std::string(canary)},
                                             {"OTEL_SERVICE_NAME", "night-shift"},
                                             {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=prod"}});
  CHECK(result.exit_code == 0);
  CHECK(all.requests().empty());
  REQUIRE(traces.requests().size() == 1);
  const HttpRequest request = traces.requests().front();
  CHECK(request.line == "POST /here HTTP/1.1");
  CHECK(request.headers.at("x-key") == canary);
  CHECK(request.body.find(canary) == std::string::npos);
  CHECK(result.messages.find(canary) == std::string::npos);
  CHECK(json::parse(request.body)["resourceSpans"][0]["resource"]["attributes"] ==
        json::parse(R"([{"key":"service.name","value":{"stringValue":"night-shift"}},
                        {"key":"deployment.environment","value":{"stringValue":"prod"}}])"));
  const HttpReceiver base;
  CHECK(user.run({"job", "cancel", id_of(7)}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", base.url() + "/base/"}}).exit_code == 0);
  REQUIRE(base.requests().size() == 1);
  CHECK(base.requests().front().line == "POST /base/v1/traces HTTP/1.1");
}

TEST_CASE("whatever the collector does, the change is the same and the command ends") {
  const Store store;
  const Operator user(store);
  const HttpReceiver silent(std::nullopt);
  const HttpReceiver endless("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n" + std::string(9'000'000, 'x'));
  const HttpReceiver unfinished("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
  int number = 5;
  for (const std::string& collector :
       {std::string("http://127.0.0.1:1"), silent.url(), endless.url(), unfinished.url()}) {
    CAPTURE(collector);
    const ProgramResult result =
        user.run({"job", "cancel", id_of(number++), "-o", "json"}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", collector}});
    CHECK(result.exit_code == 0);
    CHECK(json::parse(result.output)["counts"]["done"] == 1);
  }
}

}  // namespace
}  // namespace queuetrace::test

// What `peek`, `stats` and `queue list` tell the collector of OpenTelemetry.
#include "commands/change/admin_operation.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/http_receiver.hpp"
#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using nlohmann::json;
using test::HttpReceiver;

namespace {

struct World {
  World() {
    PeekQueue high;
    high.queue = Untrusted("high");
    Job job = test_job("h1", JobState::pending, "high");
    job.payload = Payload{.text = Untrusted("CANARY-7f3a")};
    high.next = {job, test_job("h2", JobState::pending, "high")};
    store->peek.queues = {high};
    QueueStatistics queue;
    queue.queue = Untrusted("high");
    store->statistics.queues = {queue};
    store->queue_names = {"high"};
    run.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.url();
    run.environment["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  }

  json span() const {
    REQUIRE(receiver.requests().size() == 1);
    const std::string body = receiver.requests().front().body;
    CHECK(body.find("CANARY") == std::string::npos);
    return json::parse(body)["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  }

  HttpReceiver receiver;
  Run run;
  std::shared_ptr<MemoryStoreData> store = run.add_source("one");
};

/// `name=value` of every attribute, in order.
std::string attributes(const json& span) {
  std::string text;
  for (const json& one : span["attributes"]) {
    const json& value = one["value"].front();
    text += (text.empty() ? "" : " ") + one["key"].get<std::string>() + "=";
    if (!value.is_object()) text += value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_object())
      for (const json& element : value["values"]) text += "[" + element["stringValue"].get<std::string>() + "]";
  }
  return text;
}

}  // namespace

TEST_CASE("peek, stats and queue list: counts and target, never a payload") {
  World world;
  CHECK(world.run.run("peek", {"--queue", "high", "--payload"}) == ExitCode::done);
  const json peeked = world.span();
  CHECK(peeked["name"] == "admin.peek");
  CHECK(peeked["traceId"] == "0af7651916cd43dd8448eb211c80319c");
  CHECK(peeked["parentSpanId"] == "b7ad6b7169203331");
  CHECK(peeked["status"] == json::object());
  CHECK(attributes(peeked) ==
        "admin.operation=peek admin.destructive=false admin.dry_run=false admin.source=[one] admin.server=[<hidden>] "
        "admin.system=[memory] queue.name=[high] admin.job_count=2 admin.queue_count=1 process.exit.code=0");
  World other;
  CHECK(other.run.run("stats", {}) == ExitCode::done);
  CHECK(other.span()["name"] == "admin.stats");
  CHECK(attributes(other.span()) ==
        "admin.operation=stats admin.destructive=false admin.dry_run=false admin.source=[one] admin.server=[<hidden>] "
        "admin.system=[memory] admin.queue_count=1 process.exit.code=0");
  CHECK(other.run.notices.notes.empty());
  World listed;
  CHECK(listed.run.run("queue list", {"-q", "h*"}) == ExitCode::done);
  CHECK(listed.span()["name"] == "admin.queue_list");
  CHECK(attributes(listed.span()) ==
        "admin.operation=queue_list admin.destructive=false admin.dry_run=false admin.source=[one] "
        "admin.server=[<hidden>] admin.system=[memory] queue.name=[h*] admin.queue_count=1 process.exit.code=0");
}

TEST_CASE("a run that fails tells why, URLs masked; one that is incomplete, too") {
  World world;
  world.store->failure =
      Error(ErrorKind::unreachable, "cannot reach redis://me:CANARY-7f3a@h:1/0").because(Untrusted("CANARY-7f3a"));
  CHECK_THROWS_AS(world.run.run("stats", {}), Error);
  CHECK(world.span()["status"] == json{{"code", 2}, {"message", "cannot reach redis://me:***@h:1/0"}});
  CHECK(attributes(world.span()).ends_with("process.exit.code=5 error.type=unreachable"));
  World other;
  other.run.add_failing_source("two", Error(ErrorKind::unreachable, "gone"));
  CHECK(other.run.run("stats", {}) == ExitCode::partial);
  CHECK(
      other.span()["status"] ==
      json{{"code", 2}, {"message", "partial: some sources failed or may hide jobs, or a bounded read was cut short"}});
  CHECK(attributes(other.span()).find("admin.source=[one][two]") != std::string::npos);
}

TEST_CASE("no collector: nothing is said; one that is gone: a note, and the same answer") {
  World world;
  world.run.environment.erase("OTEL_EXPORTER_OTLP_ENDPOINT");
  CHECK(world.run.run("peek", {}) == ExitCode::done);
  const std::string answer = world.run.output;
  CHECK(world.run.notices.notes.empty());
  CHECK(world.receiver.requests().empty());
  world.run.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
  CHECK(world.run.run("peek", {}) == ExitCode::done);
  CHECK(world.run.output == answer);
  CHECK(world.run.notices.notes ==
        std::vector<std::string>{std::string("span admin.peek: http://127.0.0.1:1: ") +
                                 curl_easy_strerror(CURLE_COULDNT_CONNECT)});  // its words differ by release
}

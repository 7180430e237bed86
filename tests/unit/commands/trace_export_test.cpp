// `trace export`: printed, written, sent, and when it refuses to.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/http_receiver.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using nlohmann::json;

namespace {

using Texts = std::vector<std::string>;

const std::string trace_id = "0af7651916cd43dd8448eb211c80319c";
const std::string not_found =
    R"({"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":404,"msg":"trace not found"}]})";

std::string answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct World {
  World() {
    const std::shared_ptr<MemoryStoreData> store = run.add_source("one");
    Job failed = traced_job("a1", trace_id, 10);
    failed.state = JobState::dead;
    failed.started_at = *failed.created_at + std::chrono::minutes(1);
    failed.finished_at = *failed.created_at + std::chrono::minutes(2);
    failed.error = Untrusted("cannot log in: postgresql://app:hunter2@db/app refused");
    failed.payload = Payload{.text = Untrusted("{\"card\":\"PAYLOAD-CANARY\"}")};
    store->jobs = {failed, traced_job("a2", trace_id, 5)};
    run.fields = {"trace_id", "jobs", "spans", "requests", "to"};
  }

  /// The viewer that is asked whether the trace is there.
  void viewer_at(const std::string& base, const std::string& preset = "jaeger") {
    ViewerSettings viewer;
    viewer.name = preset;
    viewer.preset = preset;
    viewer.base = base;
    run.configuration.viewers = {viewer};
    run.configuration.default_viewer = preset;
  }

  Run run;
};

}  // namespace

TEST_CASE("trace export: spans are printed in one line, without payloads and secrets") {
  World world;
  CHECK(world.run.run("trace export", {trace_id}) == ExitCode::done);
  CHECK(world.run.output.find('\n') == world.run.output.size() - 1);
  CHECK(world.run.output.find("PAYLOAD-CANARY") == std::string::npos);
  CHECK(world.run.output.find("hunter2") == std::string::npos);
  CHECK(world.run.output.find("cannot log in") != std::string::npos);
  const json spans = json::parse(world.run.output)["resourceSpans"][0]["scopeSpans"][0]["spans"];
  CHECK(spans.size() == 5);  // two jobs: waiting and running of one, waiting of the other
  for (const json& span : spans) CHECK(span["traceId"] == trace_id);
  CHECK(world.run.run("trace export", {"one/a2", "--protocol", "zipkin"}) == ExitCode::done);
  CHECK(json::parse(world.run.output).size() == 5);
}

TEST_CASE("trace export: what cannot be exported") {
  World world;
  CHECK(world.run.failure("trace export", {std::string(32, '0')}) ==
        "usage: '00000000000000000000000000000000' is no trace: an ID of zeros names none");
  CHECK(world.run.failure("trace export", {"order-99999"}).starts_with("not_found: "));
  CHECK(
      world.run.failure("trace export", {trace_id, "--endpoint", "localhost:4318"}).starts_with("usage: --endpoint: "));
  CHECK_THROWS(parse("trace export", {trace_id, "--endpoint", "http://h", "--output", "f"}));
}

TEST_CASE("trace export: a file, once") {
  World world;
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "trace.json").string();
  CHECK(world.run.run("trace export", {trace_id, "--output", file}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.export/1 traces list\nrow trace_id=" + trace_id + " jobs=2 spans=5 to=" + file + "\nend \n");
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  CHECK(json::parse(text.str())["resourceSpans"].size() == 1);
  CHECK(world.run.failure("trace export", {trace_id, "--output", file}).starts_with("refused: "));
}

TEST_CASE("trace export: sent packed to a collector, where the viewer does not have the trace") {
  World world;
  const test::HttpReceiver jaeger(answer("404 Not Found", not_found)), collector;
  world.viewer_at(jaeger.url() + "/");
  CHECK(world.run.run("trace export", {trace_id, "--endpoint", collector.url()}) == ExitCode::done);
  CHECK(world.run.output == "begin queuetrace.export/1 traces list\nrow trace_id=" + trace_id +
                                " jobs=2 spans=5 requests=1 to=" + collector.url() + "\nend \n");
  REQUIRE(jaeger.requests().size() == 1);
  CHECK(jaeger.requests()[0].line == "GET /api/traces/" + trace_id + " HTTP/1.1");
  REQUIRE(collector.requests().size() == 1);
  const test::HttpRequest request = collector.requests()[0];
  CHECK(request.line == "POST /v1/traces HTTP/1.1");
  CHECK(request.headers.at("content-encoding") == "gzip");
  CHECK(request.headers.at("content-type") == "application/json");
  CHECK(request.body.starts_with("\x1f\x8b"));
}

TEST_CASE("trace export: never doubles a trace, and a fresh id is the way around") {
  World world;
  const test::HttpReceiver jaeger(answer("200 OK", R"({"data":[{"traceID":"0af7","spans":[]}]})")), collector;
  world.viewer_at(jaeger.url());
  const Texts words{trace_id, "--endpoint", collector.url()};
  CHECK(
      world.run.failure("trace export", words) ==
      "refused: trace " + trace_id + " is in " + jaeger.url() +
          " already, and its spans would be there twice; nothing was sent | --fresh-id writes the spans under an ID of "
          "their own, with a link to this one");
  CHECK(collector.requests().empty());
  world.run.fields = {"jobs", "original_trace_id"};
  CHECK(world.run.run("trace export", {trace_id, "--endpoint", collector.url(), "--fresh-id"}) == ExitCode::done);
  CHECK(world.run.output.find("row jobs=2 original_trace_id=" + trace_id) != std::string::npos);
  CHECK(jaeger.requests().size() == 1);
  CHECK(collector.requests().size() == 1);
}

TEST_CASE("trace export: where nobody can tell whether the trace is there, nothing is sent") {
  World world;
  const test::HttpReceiver collector;
  {
    const test::HttpReceiver gone;
    world.viewer_at(gone.url());
  }
  const Texts words{trace_id, "--endpoint", collector.url()};
  CHECK(world.run.failure("trace export", words).starts_with("unreachable: cannot tell whether trace " + trace_id));
  const test::HttpReceiver proxy(answer("404 Not Found", "<html>"));
  world.viewer_at(proxy.url());
  CHECK(world.run.failure("trace export", words).starts_with("internal: cannot tell whether trace "));
  world.viewer_at("https://uptrace.example", "uptrace");
  CHECK(world.run.failure("trace export", words).starts_with("usage: viewer 'uptrace' cannot be asked"));
  CHECK(collector.requests().empty());
}

TEST_CASE("trace export: Zipkin is asked and told at the same address") {
  World world;
  const test::HttpReceiver zipkin(answer("404 Not Found", trace_id + " not found"));
  const Texts words{trace_id, "--endpoint", zipkin.url() + "/api/v2/spans"};
  CHECK(world.run.failure("trace export", words) ==
        "internal: cannot send spans to " + zipkin.url() + ": it answered 404");
  REQUIRE(zipkin.requests().size() == 2);
  CHECK(zipkin.requests()[0].line == "GET /api/v2/trace/" + trace_id + " HTTP/1.1");
  CHECK(zipkin.requests()[1].line == "POST /api/v2/spans HTTP/1.1");
}

TEST_CASE("trace export: a collector that refuses") {
  World world;
  const auto failure = [&](const std::string& given) {
    const test::HttpReceiver collector(given);
    const std::string text = world.run.failure("trace export", {trace_id, "--endpoint", collector.url(), "--fresh-id"});
    CHECK(collector.requests().size() == 1);
    return text.substr(0, text.find(collector.url()));
  };
  CHECK(failure(answer("401 Unauthorized", "")) == "authentication: cannot send spans to ");
  CHECK(failure(answer("500 Internal Server Error", "413 Request Entity Too Large")) ==
        "internal: cannot send spans to ");
  CHECK(failure(answer("302 Found\r\nLocation: http://127.0.0.1:1/", "")) == "unreachable: cannot send spans to ");
  CHECK(failure(answer("200 OK", R"({"partialSuccess":{"rejectedSpans":"2"}})")) == "internal: ");
}

TEST_CASE("trace show --spans: what trace export made of these jobs is left out and said, beside what is cut") {
  World world;
  REQUIRE(world.run.run("trace export", {trace_id, "--protocol", "zipkin"}) == ExitCode::done);
  json spans = json::parse(world.run.output);
  spans.push_back("no span");
  const test::HttpReceiver zipkin(answer("200 OK", spans.dump()));
  world.viewer_at(zipkin.url(), "zipkin");
  CHECK(world.run.run("trace show", {trace_id, "--spans"}) == ExitCode::partial);
  const std::string store = "zipkin (" + zipkin.url() + "): ";
  CHECK(world.run.notices.warnings == Texts{store + "incomplete: 1 of its entries cannot be read as spans",
                                            store + "5 spans that trace export rebuilt from these jobs left out"});
}

// `trace url`, `trace copy`, `trace open`: what the argument means, and what is printed.
#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

constexpr const char* hex = "0af7651916cd43dd8448eb211c80319c";
constexpr const char* traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const std::string url = std::string("http://localhost:16686/trace/") + hex;
const std::string span = "?uiFind=b7ad6b7169203331";

struct World {
  World() {
    for (const char* name : {"jaeger", "zipkin"}) {
      ViewerSettings viewer;
      viewer.name = name;
      viewer.preset = name;
      viewer.base = std::string(name) == "jaeger" ? "http://localhost:16686" : "http://localhost:9411";
      run.configuration.viewers.push_back(viewer);
    }
  }

  /// Source `one` with a traced job, a job without trace, and one id twice with different traces.
  std::shared_ptr<MemoryStoreData> with_jobs() {
    const std::shared_ptr<MemoryStoreData> store = run.add_source("one");
    Job traced = traced_job("abcd1234", hex);
    traced.trace.span_id = Untrusted("b7ad6b7169203331");
    store->jobs = {traced, test_job("plain001"), traced_job("twice001", hex),
                   traced_job("twice001", "11111111111111111111111111111111"), traced_job("free0001", "order-17")};
    return store;
  }

  std::string printed(const CommandUnderTest& command, const Texts& arguments) {
    CHECK(run.run(command, arguments) == ExitCode::done);
    return run.output;
  }

  Run run;
};

}  // namespace

TEST_CASE("a plain trace id needs no source") {
  World world;
  CHECK(world.printed("trace url", {hex}) == url + "\n");
  CHECK(world.printed("trace url", {"0AF7651916CD43DD8448EB211C80319C"}) == url + "\n");
  CHECK(world.printed("trace url", {traceparent}) == url + span + "\n");
  CHECK(world.printed("trace url", {url + span}) == url + span + "\n");
  CHECK(world.printed("trace url", {"0af76519-16cd-43dd-8448-eb211c80319c"}) == url + "\n");
  CHECK(world.printed("trace url", {"abc123def456"}) == "http://localhost:16686/trace/abc123def456\n");
  world.run.input = std::string("\n") + traceparent + "\n";
  CHECK(world.printed("trace url", {"-"}) == url + span + "\n");
  world.run.environment["TRACEPARENT"] = traceparent;
  CHECK(world.printed("trace url", {"env"}) == url + span + "\n");
  world.run.viewer = "zipkin";
  CHECK(world.printed("trace url", {hex}) == std::string("http://localhost:9411/zipkin/traces/") + hex + "\n");
  CHECK(world.printed("trace url", {hex, "--all-viewers"}) ==
        "jaeger\t" + url + "\nzipkin\thttp://localhost:9411/zipkin/traces/" + hex + "\n");
  CHECK(world.run.failure("trace url", {"00000000000000000000000000000000"}).starts_with("usage: "));
}

TEST_CASE("a format for programs that is asked for is what is printed, `auto` stays one line") {
  World world;
  world.run.fields = {"viewer", "url"};
  CHECK(world.printed("trace url", {hex}) == url + "\n");
  world.run.format_asked = true;
  CHECK(world.printed("trace url", {hex}) ==
        "begin queuetrace.links/1 links list\nrow viewer=jaeger url=" + url + "\nend \n");
  CHECK(world.printed("trace url", {hex, "--all-viewers"}) ==
        "begin queuetrace.links/1 links list\nrow viewer=jaeger url=" + url +
            "\nrow viewer=zipkin url=http://localhost:9411/zipkin/traces/" + hex + "\nend \n");
  world.run.machine = false;
  world.run.format_name = "table";
  CHECK(world.printed("trace url", {hex}) == url + "\n");
}

TEST_CASE(
    "an unmistakable trace id asks no server, other texts are tried as jobs, traces and correlation ids of jobs") {
  World world;
  world.with_jobs();
  CHECK(world.printed("trace url", {traceparent}) == url + span + "\n");
  CHECK(world.run.opened.empty());
  CHECK(world.printed("trace url", {hex, "--as", "trace"}) == url + "\n");
  CHECK(world.run.opened.empty());
  CHECK(world.printed("trace url", {hex}) == url + span + "\n");  // of the job that names it
  CHECK(world.run.opened == Texts{"one"});
  CHECK(world.run.notices.notes.empty());
  CHECK(world.printed("trace copy", {hex, "--what", "traceparent"}) == std::string(traceparent) + "\n");
  const std::string unknown = "4bf92f3577b34da6a3ce929d0e0e4736";
  CHECK(world.printed("trace url", {unknown}) == "http://localhost:16686/trace/" + unknown + "\n");
  CHECK(world.run.notices.notes ==
        Texts{"no job, trace or correlation ID '" + unknown + "' in one; read as a trace ID"});
  CHECK(world.printed("trace url", {"abcd1"}).starts_with(url));
  CHECK(world.printed("trace url", {"one/abcd1234"}).starts_with(url));
}

TEST_CASE("a source that is down does not keep a trace id from its link") {
  World world;
  world.run.add_failing_source("one", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(world.printed("trace url", {hex}) == url + "\n");
  CHECK(world.run.notices.warnings == Texts{"cannot connect"});
  CHECK(world.run.failure("trace url", {hex, "--as", "job"}) == "unreachable: cannot connect");
}

TEST_CASE("no link: exit 3 with the reason, and the search as hint") {
  World world;
  world.with_jobs();
  CHECK(world.run.failure("trace url", {"plain001"}).starts_with("not_found: no trace link for job 'one/plain001': "));
  CHECK(world.run.failure("trace url", {"plain001"})
            .find(" | search for the job instead: http://localhost:16686/search") != std::string::npos);
  CHECK(world.run.failure("trace url", {"free0001"}).starts_with("not_found: no trace link for job 'one/free0001': "));
  CHECK(world.run.failure("trace url", {"twice001"}) ==
        "not_found: 'twice001' means 2 jobs with different traces | name one of 'one/twice001', 'one/twice001'");
  CHECK(world.run.failure("trace url", {"17"}) ==
        "not_found: no job '17' in one | a prefix needs at least 4 characters");
  CHECK(world.run.failure("trace url", {"one/nowhere"}) == "not_found: no job 'one/nowhere' in one");
}

TEST_CASE("copy prints in a pipe: id, url, traceparent") {
  World world;
  world.with_jobs();
  CHECK(world.printed("trace copy", {"abcd1234"}) == std::string(hex) + "\n");
  CHECK(world.printed("trace copy", {"abcd1234", "--what", "url"}).starts_with(url));
  CHECK(world.printed("trace copy", {"abcd1234", "--what", "traceparent"}) == std::string(traceparent) + "\n");
  CHECK(world.printed("trace copy", {traceparent}) == std::string(hex) + "\n");
  CHECK(world.printed("trace copy", {"free0001"}) == "order-17\n");
  CHECK(world.run.failure("trace copy", {"free0001", "--what", "traceparent"}) ==
        "not_found: job 'one/free0001': 'order-17' is not a 128-bit trace ID");
  CHECK(world.run.failure("trace copy", {hex, "--as", "trace", "--what", "traceparent"}) ==
        std::string("not_found: trace '") + hex + "' has no span ID of 16 hex digits");
  CHECK(world.run.failure("trace copy", {"plain001"}) == "not_found: job 'one/plain001' has no trace ID");
  world.run.terminal = true;
  CHECK(world.printed("trace copy", {"abcd1234", "--method", "none"}) == std::string(hex) + "\n");
  CHECK_THROWS(parse("trace copy", {"abcd1234", "--what", "span"}));
}

TEST_CASE("open prints the link, and starts nothing when told so or when there is no browser") {
  World world;
  CHECK(world.printed("trace open", {hex, "--print"}) == url + "\n");
  CHECK(world.run.notices.notes.empty());
  CHECK(world.printed("trace open", {hex}) == url + "\n");  // no DISPLAY, no BROWSER, no PATH
  REQUIRE(world.run.notices.notes.size() == 1);
  CHECK_FALSE(world.run.notices.notes[0].empty());
}

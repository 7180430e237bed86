// `job show` and the resolution of job arguments, against stores in memory.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

constexpr const char* hex = "0af7651916cd43dd8448eb211c80319c";

Job with_payload(Job job, const std::string& payload) {
  job.payload = Payload{Payload::Form::json, Untrusted(payload), payload.size()};
  return job;
}

struct World {
  World() {
    one->jobs = {with_payload(test_job("abcd1234", JobState::dead, "email", 5), R"({"to":"x"})"),
                 test_job("abcd9999", JobState::pending, "email", 6), test_job("17", JobState::running, "email", 7),
                 test_job("1712", JobState::pending, "email", 7)};
    two->jobs = {test_job("17", JobState::completed, "pdf", 8), test_job("ffee0011", JobState::pending, "pdf", 9),
                 test_job("x/y", JobState::pending, "pdf", 9)};
  }

  Run run;
  std::shared_ptr<MemoryStoreData> one = run.add_source("one");
  std::shared_ptr<MemoryStoreData> two = run.add_source("two");
};

std::string shown(World& world, const Texts& arguments, ExitCode expected = ExitCode::done) {
  CHECK(world.run.run("job show", arguments) == expected);
  return world.run.output;
}

std::string document(const std::string& rows) {
  return "begin queuetrace.jobs/1 jobs detail\n" + rows + "end truncated=false\n";
}

}  // namespace

TEST_CASE("whole ids, prefixes, source/ID, several at once, stdin") {
  World world;
  CHECK(shown(world, {"abcd1234"}) == document("row ref=one/abcd1234 state=dead\n"));
  CHECK(shown(world, {"abcd1"}) == document("row ref=one/abcd1234 state=dead\n"));
  CHECK(shown(world, {"ffee"}) == document("row ref=two/ffee0011 state=pending\n"));
  CHECK(shown(world, {"ffee", "abcd9"}) ==
        document("row ref=two/ffee0011 state=pending\nrow ref=one/abcd9999 state=pending\n"));
  CHECK(shown(world, {"x/y"}) == document("row ref=two/x/y state=pending\n"));
  world.run.input = "abcd9\n  ffee\n";
  CHECK(shown(world, {"-"}) == document("row ref=one/abcd9999 state=pending\nrow ref=two/ffee0011 state=pending\n"));
}

TEST_CASE("what was copied around an id is left out, unless it belongs to one") {
  World world;
  world.two->jobs.push_back(test_job("'q\"", JobState::dead, "pdf", 9));
  for (const char* typed : {"\"abcd1234\",", "\"one/abcd1234\",", " one/abcd1234"})
    CHECK(shown(world, {typed}) == document("row ref=one/abcd1234 state=dead\n"));
  for (const char* typed : {"'q\"", "two/'q\""})
    CHECK(shown(world, {typed}) == document("row ref=two/'q\" state=dead\n"));
}

TEST_CASE("a whole id means all its occurrences, also when longer ids begin with it") {
  World world;
  CHECK(shown(world, {"17"}) == document("row ref=one/17 state=running\nrow ref=two/17 state=completed\n"));
  CHECK(shown(world, {"1712"}) == document("row ref=one/1712 state=pending\n"));
  Run redis;
  const std::shared_ptr<MemoryStoreData> store = redis.add_source("cache");
  store->jobs = {test_job("abcd1234", JobState::pending, "high"), test_job("abcd1234", JobState::dead, "dlq"),
                 test_job("abcd12345", JobState::dead, "dlq")};
  CHECK(redis.run("job show", {"abcd1234"}) == ExitCode::done);
  CHECK(redis.output == document("row ref=cache/abcd1234 state=pending\nrow ref=cache/abcd1234 state=dead\n"));
}

TEST_CASE("occurrences of an id are shown, however many pages they take") {
  Run redis;
  const std::shared_ptr<MemoryStoreData> store = redis.add_source("cache");
  store->jobs.assign(450, test_job("abcd1234", JobState::pending, "high"));
  CHECK(redis.run("job show", {"abcd1234"}) == ExitCode::done);
  std::string rows;
  for (int i = 0; i < 450; ++i) rows += "row ref=cache/abcd1234 state=pending\n";
  CHECK(redis.output == document(rows));
}

TEST_CASE("source/ID asks that source only, even one that is not selected") {
  World world;
  CHECK(shown(world, {"two/17"}) == document("row ref=two/17 state=completed\n"));
  CHECK(world.run.opened == Texts{"two"});
  world.run.unselect_last();
  CHECK(shown(world, {"two/17"}) == document("row ref=two/17 state=completed\n"));
  CHECK(shown(world, {"two/17", "17"}) ==
        document("row ref=two/17 state=completed\nrow ref=one/17 state=running\nrow ref=two/17 state=completed\n"));
}

TEST_CASE("ambiguous and missing ids") {
  World world;
  CHECK(world.run.failure("job show", {"abcd"}) ==
        "not_found: 'abcd' matches 2 jobs | give more of the ID: one/abcd1234, one/abcd9999");
  CHECK(world.run.failure("job show", {"nowhere"}) ==
        "not_found: no job 'nowhere' in one and two | traces and orders are found by: queuetrace show nowhere");
  CHECK(world.run.failure("job show", {"abc"}) ==
        "not_found: no job 'abc' in one and two | a prefix needs at least 4 characters");
  CHECK(
      world.run.failure("job show", {"three/17"}) ==
      "not_found: no job 'three/17' in one and two | no source is called 'three'; `queuetrace source list` lists them");
  CHECK(world.run.output.empty());
  CHECK(world.run.failure("job show", {"-"}) ==
        "usage: no job ID given | give IDs, or - to read them from standard input, one per line");

  CHECK(shown(world, {"nowhere", "ffee", "abcd"}, ExitCode::not_found) ==
        document("row ref=two/ffee0011 state=pending\n"));
  CHECK(world.run.notices.warnings == Texts{"no job 'nowhere' in one and two",
                                            "'abcd' matches 2 jobs; give more of the ID: one/abcd1234, one/abcd9999"});
}

TEST_CASE("what is missing may be in a source that failed: partial, not absent") {
  World world;
  world.run.add_failing_source("three", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(shown(world, {"nowhere"}, ExitCode::partial) == document(""));
  CHECK(world.run.notices.warnings == Texts{"no job 'nowhere' in one and two", "three: cannot connect"});
  CHECK(shown(world, {"ffee"}, ExitCode::partial) == document("row ref=two/ffee0011 state=pending\n"));
}

TEST_CASE("payloads: shown, left out, raw") {
  World world;
  world.run.fields = {"payload"};
  CHECK(shown(world, {"abcd1234"}) == document("row payload={\"to\":\"x\"}\n"));
  CHECK(shown(world, {"abcd1234", "--no-payload"}) == document("row \n"));
  CHECK(shown(world, {"abcd1234", "--raw"}) == "{\"to\":\"x\"}");
  CHECK(world.run.failure("job show", {"abcd9999", "--raw"}) == "not_found: job 'abcd9999' has no payload");
  CHECK(world.run.failure("job show", {"abcd1234", "ffee", "--raw"}) ==
        "usage: --raw prints one payload | give one job ID");
  world.run.terminal = true;
  CHECK(world.run.failure("job show", {"abcd1234", "--raw"}) ==
        "refused: --raw: the bytes of a payload could control the terminal | redirect the output, or add --force");
  CHECK(world.run.opened.empty());
  CHECK(shown(world, {"abcd1234", "--raw", "--force"}) == "{\"to\":\"x\"}");
  world.one->jobs[0].payload->size = 100;
  CHECK(shown(world, {"abcd1234", "--raw", "--force"}, ExitCode::partial) == "{\"to\":\"x\"}");
  CHECK(world.run.notices.warnings == Texts{"payload cut at 10 of 100 bytes"});
}

TEST_CASE("tracing: links and the other jobs of the trace and the correlation") {
  World world;
  ViewerSettings jaeger;
  jaeger.name = "jaeger";
  jaeger.preset = "jaeger";
  jaeger.base = "http://localhost:16686";
  world.run.configuration.viewers = {jaeger};
  Job root = traced_job("root0001", hex, 3);
  root.trace.correlation_id = Untrusted("order-17");
  world.one->jobs = {root, traced_job("child001", hex, 2)};
  Job sibling = test_job("sibling1", JobState::dead, "pdf", 1);
  sibling.trace.correlation_id = Untrusted("order-17");
  world.two->jobs = {traced_job("child002", std::string("trace-") + "0af76519-16cd-43dd-8448-eb211c80319c", 1),
                     sibling};

  world.run.fields = {"tracing"};
  const std::string output = shown(world, {"one/root0001", "--include-tracing"});
  CHECK(output.find("status=w3c trace_id=0af7651916cd43dd8448eb211c80319c correlation_id=order-17 viewer=jaeger "
                    "url=http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c") != std::string::npos);
  CHECK(output.find("related=[{ref=two/child002 state=pending queue=email created_at=2026-01-02T03:03:05.000Z "
                    "related_by=trace}, {ref=one/child001 state=pending queue=email "
                    "created_at=2026-01-02T03:02:05.000Z related_by=trace}, {ref=two/sibling1 state=dead queue=pdf "
                    "created_at=2026-01-02T03:03:05.000Z related_by=correlation}] more=0 more_at_least=false") !=
        std::string::npos);
  CHECK(world.run.opened == Texts{"one", "two"});

  for (int index = 0; index < 30; ++index)
    world.two->jobs.push_back(traced_job("many" + std::to_string(index), hex, 9));
  CHECK(shown(world, {"root0001", "--include-tracing"}).find("more=13 more_at_least=false") != std::string::npos);

  world.run.fields = {"tracing"};
  world.one->jobs = {test_job("plain001")};
  const std::string without = shown(world, {"plain001", "--include-tracing"});
  CHECK(without.find("status=absent") != std::string::npos);
  CHECK(without.find(" viewer=jaeger reason=") != std::string::npos);
}

// `peek` and `stats` against stores in memory.
#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

struct World {
  World() {
    PeekQueue high;
    high.queue = Untrusted("high");
    for (const char* id : {"h1", "h2", "h3"}) high.next.push_back(test_job(id, JobState::pending, "high"));
    high.waiting.push_back({"paused", "the queue is paused", 4, true, std::nullopt, Untrusted("h9")});
    PeekQueue low;
    low.queue = Untrusted("low");
    low.exact = false;
    low.notes = {"order inside a batch is not guaranteed"};
    store->peek.queues = {high, low};
    store->queue_names = {"high", "low"};

    QueueStatistics queue;
    queue.queue = Untrusted("high");
    queue.states = {{JobState::pending, {3, Exactness::exact}, test_now() - std::chrono::minutes(2), test_now()},
                    {JobState::dead, {1000, Exactness::at_least}, std::nullopt, std::nullopt}};
    queue.notes = {"counting stopped at 1000"};
    store->statistics.queues = {queue};
    store->statistics.now = test_now();
  }

  Run run;
  std::shared_ptr<MemoryStoreData> store = run.add_source("one");
};

}  // namespace

TEST_CASE("peek: position 1 is taken next; queues close the document") {
  World world;
  world.run.fields = {"position", "ref", "queue"};
  world.run.closing = {"queues", "truncated"};
  CHECK(world.run.run("peek", {"--queue", "high", "--n", "2"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.peek/1 jobs list\n"
        "row position=1 ref=one/h1 queue=high\n"
        "row position=2 ref=one/h2 queue=high\n"
        "end queues=[{source=one queue=high exact=true notes=[]}] truncated=false\n");
  REQUIRE(world.store->peeks.size() == 1);
  CHECK(world.store->peeks[0].queues == Texts{"high"});
  CHECK(world.store->peeks[0].count == 2);
  CHECK_FALSE(world.store->peeks[0].why);
  CHECK(world.run.run("peek", {"-n", "1", "-q", "high", "--worker", "w7", "--payload"}) == ExitCode::done);
  CHECK(world.store->peeks[1].worker == "w7");
  CHECK(world.store->peeks[1].payload);
}

TEST_CASE("peek --why: reasons in the document, as a second table for people") {
  World world;
  world.run.fields = {"reason", "count", "count_exactness"};
  world.run.closing = {"queues"};
  CHECK(world.run.run("peek", {"--why", "-n", "1"}) == ExitCode::done);
  CHECK(
      world.run.output.find("waiting=[{reason=paused count=4 count_exactness=at_least sample=h9 explanation=the queue "
                            "is paused}]}") != std::string::npos);
  CHECK(world.run.output.find("queuetrace.waiting/1") == std::string::npos);
  CHECK(world.run.notices.notes.empty());

  world.run.format_name = "table";
  world.run.machine = false;
  world.run.closing = {"truncated"};
  CHECK(world.run.run("peek", {"--why", "-n", "1"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.peek/1 jobs list\nrow \nend truncated=false\n\n"
        "begin queuetrace.waiting/1 waiting list\nrow reason=paused count=4 count_exactness=at_least\nend \n");
  CHECK(world.run.notices.notes ==
        Texts{"queue 'low': order inside a batch is not guaranteed", "queue 'low': nothing to take now"});
}

TEST_CASE("peek --include-tracing adds the links, not the search for related jobs") {
  World world;
  world.run.fields = {"tracing"};
  CHECK(world.run.run("peek", {"--include-tracing", "-n", "1"}) == ExitCode::done);
  CHECK(world.run.output.find("row tracing={status=absent ") != std::string::npos);
  CHECK(world.run.output.find("related") == std::string::npos);
  CHECK(world.store->lists.empty());
}

TEST_CASE("peek and stats: unknown queues, bad values, failing sources") {
  World world;
  for (const char* command : {"peek", "stats"}) {
    CHECK(world.run.failure(command, {"--queue", "hgih"}) ==
          "not_found: no queue is called 'hgih' | did you mean 'high'? Queues: 'high', 'low'");
    CHECK(world.run.run(command, {"--queue", "x*"}) == ExitCode::done);
  }
  CHECK(world.run.failure("peek", {"-n", "0"}) == "usage: --limit: '0' is not a number of 1 or more");
  CHECK(world.run.failure("stats", {"--window", "soon"}) ==
        "usage: --window: cannot use 'soon' | write a time above zero, as in 30s, 15m, 1h or 7d");
  CHECK(world.run.failure("stats", {"--interval", "0s"}).starts_with("usage: --interval: cannot use '0s'"));
  world.run.add_failing_source("two", Error(ErrorKind::unreachable, "cannot connect"));
  for (const char* command : {"peek", "stats"}) {
    CHECK(world.run.run(command, {}) == ExitCode::partial);
    CHECK(world.run.notices.warnings == Texts{"two: cannot connect"});
  }
  world.store->peek.truncated = "stopped after 1000 entries";
  CHECK(world.run.run("peek", {}) == ExitCode::partial);
  CHECK(world.run.notices.warnings[0] == "one: incomplete: stopped after 1000 entries");
}

TEST_CASE("stats: one record a queue with its states, or one a queue and state") {
  World world;
  world.run.fields = {"source", "system", "queue", "total", "total_exactness", "state", "count"};
  world.run.closing = {"window_ms", "truncated"};
  CHECK(world.run.run("stats", {"--window", "15m", "--interval", "2s", "-q", "hi*"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.stats/1 queues list\n"
        "row source=one system=memory queue=high total=1003 total_exactness=at_least\n"
        "end window_ms=900000ms truncated=false\n");
  REQUIRE(world.store->statistics_queries.size() == 1);
  CHECK(world.store->statistics_queries[0].window == Milliseconds(900'000));
  CHECK(world.store->statistics_queries[0].interval == Milliseconds(2'000));
  CHECK(world.run.run("stats", {"--by-state"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.states/1 states list\n"
        "row source=one system=memory queue=high state=pending count=3\n"
        "row source=one system=memory queue=high state=dead count=1000\n"
        "end window_ms=3600000ms truncated=false\n");
  world.run.format_name = "table";
  world.run.machine = false;
  CHECK(world.run.run("stats", {}) == ExitCode::done);
  CHECK(world.run.output.find("queuetrace.states/1") == std::string::npos);  // only --by-state
  CHECK(world.run.notices.notes == Texts{"queue 'high': counting stopped at 1000"});
}

TEST_CASE("stats --watch: redrawn on a terminal, blocks of records in a pipe") {
  World world;
  world.run.fields = {"queue", "waiting"};
  CHECK(world.run.failure("stats", {"--watch", "--interval", "100ms"}) ==
        "usage: --interval: cannot use '100ms' | write a time of at least 1s, as in 2s or 1m");
  world.run.stop.request_stop();  // one look
  CHECK(world.run.run("stats", {"--watch"}) == ExitCode::interrupted);
  CHECK(world.run.output == "{\"at\":\"2026-01-02T03:04:05.000Z\",\"queue\":\"high\",\"waiting\":3}\n");
  CHECK_FALSE(world.store->statistics_queries.back().interval);
  world.run.terminal = true;
  world.run.machine = false;
  world.run.environment["TERM"] = "xterm";
  CHECK(world.run.run("stats", {"--watch", "--interval", "5s"}) == ExitCode::interrupted);
  CHECK(world.run.output ==
        "\x1b[?1049h\x1b[?25l\x1b[HEvery 5.0s, last at 2026-01-02T03:04:05.000Z\x1b[K\r\n"
        "begin queuetrace.stats/1 queues list\x1b[K\r\nrow queue=high waiting=3\x1b[K\r\nend \x1b[K\x1b[J"
        "\x1b[?25h\x1b[?1049l");
  CHECK(world.store->statistics_queries.back().interval == Milliseconds(5'000));
}

// `health`: which limits trip, which cannot be decided, and what the exit code makes of it.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

QueueStatistics queue_of(const std::string& name, std::vector<StateStatistics> states) {
  QueueStatistics queue;
  queue.queue = Untrusted(name);
  queue.states = std::move(states);
  return queue;
}

Timestamp minutes_ago(int minutes) { return test_now() - std::chrono::minutes(minutes); }

/// One source with two queues: `email` is in trouble, `quiet` is not.
struct World {
  World() {
    run.fields = {"*"};
    run.closing = {"healthy", "tripped", "undecided", "ok"};
    QueueStatistics email = queue_of("email", {{JobState::pending, {5}, minutes_ago(90), minutes_ago(1)},
                                               {JobState::scheduled, {2}, minutes_ago(500), minutes_ago(1)},
                                               {JobState::running, {3}, {}, {}},
                                               {JobState::completed, {60}, {}, {}},
                                               {JobState::failed, {7}, {}, {}},
                                               {JobState::dead, {4}, {}, {}}});
    email.stale = Count{1};
    email.completed_per_minute = 0.5;  // 30 in the hour
    email.failed_per_minute = 0.1;     // 6
    email.coverage = TraceCoverage{200, 30, 5, 15, 150, true};
    QueueStatistics quiet = queue_of("quiet", {{JobState::completed, {10}, {}, {}}});
    quiet.completed_per_minute = quiet.failed_per_minute = 0.0;
    quiet.coverage = TraceCoverage{10, 10, 0, 0, 0, false};
    store->capabilities.times = true;
    store->statistics.queues = {email, quiet};
    store->statistics.now = test_now();
    store->queue_names = {"email", "quiet"};
  }

  ExitCode check(const std::vector<std::string>& arguments) { return run.run("health", arguments); }

  Run run;
  std::shared_ptr<MemoryStoreData> store = run.add_source("one");
};

std::string row(const std::string& status, const std::string& check, const std::string& rest) {
  return "row status=" + status + " check=" + check + " source=one system=memory queue=" + rest + "\n";
}

constexpr const char* begin = "begin queuetrace.health/1 checks list\n";

}  // namespace

TEST_CASE("every limit trips above it, and only there") {
  World world;
  CHECK(world.check({"--max-age", "10m", "--max-depth", "6", "--max-dead", "3", "--max-failures", "5",
                     "--max-failure-rate", "10", "--max-stale", "0", "--min-coverage", "90"}) ==
        ExitCode::condition_not_met);
  CHECK(world.run.output ==
        begin + row("tripped", "age", "email value=5400000ms exactness=exact limit=600000ms unit=ms") +
            row("tripped", "depth", "email value=7 exactness=exact limit=6 unit=jobs") +
            row("tripped", "dead", "email value=4 exactness=exact limit=3 unit=jobs") +
            row("tripped", "failures", "email value=6 exactness=exact limit=5 unit=jobs") +
            row("tripped", "failure_rate", "email value=16.700000 exactness=exact limit=10.000000 unit=percent") +
            row("tripped", "stale", "email value=1 exactness=exact limit=0 unit=jobs") +
            row("tripped", "coverage", "email value=15.000000 exactness=estimated limit=90.000000 unit=percent") +
            "end healthy=false tripped=7 undecided=0 ok=7\n");
  CHECK(world.check({"--max-age", "90m", "--max-depth", "7", "--max-dead", "4", "--max-failures", "6",
                     "--max-failure-rate", "16.7", "--max-stale", "1", "--min-coverage", "15"}) == ExitCode::done);
  CHECK(world.run.output == std::string(begin) + "end healthy=true tripped=0 undecided=0 ok=14\n");
}

TEST_CASE("--all shows what is well, with why there is no value") {
  World world;
  CHECK(world.check({"--max-age", "2h", "--max-failure-rate", "50", "--all"}) == ExitCode::done);
  CHECK(world.run.output ==
        begin + row("ok", "age", "email value=5400000ms exactness=exact limit=7200000ms unit=ms") +
            row("ok", "failure_rate", "email value=16.700000 exactness=exact limit=50.000000 unit=percent") +
            row("ok", "age", "quiet limit=7200000ms unit=ms") +
            row("ok", "failure_rate", "quiet limit=50.000000 unit=percent reason=nothing finished in this time") +
            "end healthy=true tripped=0 undecided=0 ok=4\n");
}

TEST_CASE("a queue alone, and all of them together") {
  World world;
  CHECK(world.check({"--queue", "quiet", "--max-dead", "0"}) == ExitCode::done);
  CHECK(world.store->statistics_queries.back().queues == std::vector<std::string>{"quiet"});
  QueueStatistics third = queue_of("third", {{JobState::dead, {2}, {}, {}}});
  world.store->statistics.queues.push_back(third);
  CHECK(world.check({"--max-dead", "5"}) == ExitCode::done);
  CHECK(world.check({"--max-dead", "5", "--total"}) == ExitCode::condition_not_met);
  CHECK(world.run.output == std::string(begin) +
                                "row status=tripped check=dead value=6 exactness=exact limit=5 unit=jobs\n"
                                "end healthy=false tripped=1 undecided=0 ok=0\n");
}

TEST_CASE("what is not known is undecided, never fine") {
  World world;
  QueueStatistics& email = world.store->statistics.queues[0];
  SUBCASE("counts that stopped early") {
    email.states[5].count = {4, Exactness::at_least};
    CHECK(world.check({"--max-dead", "4"}) == ExitCode::partial);
    CHECK(world.run.output == begin +
                                  row("undecided", "dead",
                                      "email value=4 exactness=at_least limit=4 unit=jobs reason=not everything was "
                                      "counted") +
                                  "end tripped=0 undecided=1 ok=1\n");
    CHECK(world.check({"--max-dead", "3"}) == ExitCode::condition_not_met);
  }
  SUBCASE("failures without times") {
    email.failed_per_minute.reset();
    CHECK(world.check({"--max-failures", "100", "--max-failure-rate", "100"}) == ExitCode::partial);
    CHECK(world.run.output ==
          begin +
              row("undecided", "failures", "email limit=100 unit=jobs reason=it is not recorded when its jobs failed") +
              row("undecided", "failure_rate",
                  "email limit=100.000000 unit=percent reason=it is not recorded when its jobs failed") +
              "end tripped=0 undecided=2 ok=2\n");
  }
  SUBCASE("running jobs that may be stale; pending ones without a time; traces not looked at") {
    email.stale.reset();
    email.states[0].oldest.reset();
    email.coverage.reset();
    CHECK(world.check({"--max-age", "1d", "--max-stale", "9", "--min-coverage", "0"}) == ExitCode::partial);
    CHECK(world.run.output ==
          begin +
              row("undecided", "age",
                  "email limit=86400000ms unit=ms reason=it is not recorded since when pending jobs are due") +
              row("undecided", "stale",
                  "email limit=9 unit=jobs reason=it is not known which running jobs have lost their worker") +
              row("undecided", "coverage",
                  "email limit=0.000000 unit=percent reason=its jobs were not checked for trace ids") +
              "end tripped=0 undecided=3 ok=3\n");
  }
  SUBCASE("an answer that was cut short: the larger value still trips") {
    world.store->statistics.truncated = "stopped after 9 jobs";
    CHECK(world.check({"--max-depth", "100"}) == ExitCode::partial);
    CHECK(world.check({"--max-depth", "1"}) == ExitCode::condition_not_met);
    CHECK(world.run.notices.warnings == std::vector<std::string>{"one: incomplete: stopped after 9 jobs"});
  }
  SUBCASE("estimates of a count that was cut short decide nothing, on either side of the limit") {
    world.store->statistics.truncated = "no time";
    for (StateStatistics& state : world.store->statistics.queues[0].states) state.count = {40, Exactness::estimated};
    CHECK(world.check({"--max-dead", "3"}) == ExitCode::partial);
    CHECK(world.run.output.find("reason=there was no time to count its jobs") != std::string::npos);
    CHECK(world.check({"--max-dead", "100"}) == ExitCode::partial);
  }
}

TEST_CASE("estimates are judged and marked") {
  World world;
  world.store->statistics.queues[0].states[5].count = {40, Exactness::estimated};
  CHECK(world.check({"--max-dead", "3"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.find("value=40 exactness=estimated") != std::string::npos);
}

TEST_CASE("a job is as old as it is due: by its scheduled time, and by that of its next try") {
  const auto age = [](std::vector<StateStatistics> states) {
    World world;
    world.store->statistics.queues = {queue_of("email", std::move(states))};
    world.run.fields = {"value"};
    world.check({"--max-age", "10s", "--all"});
    return world.run.output.substr(std::string(begin).size(),
                                   world.run.output.find("\nend") - std::string(begin).size());
  };
  CHECK(age({{JobState::pending, {5}, minutes_ago(900), minutes_ago(1), minutes_ago(3)}}) == "row value=180000ms");
  const StateStatistics due_retry{JobState::retrying, {1}, minutes_ago(900), minutes_ago(1), minutes_ago(4)};
  CHECK(age({{JobState::pending, {5}, minutes_ago(3), minutes_ago(1), minutes_ago(3)}, due_retry}) ==
        "row value=240000ms");
  CHECK(age({{JobState::retrying, {1}, minutes_ago(900), minutes_ago(1), minutes_ago(-4)}}) == "row ");
  CHECK(age({{JobState::retrying, {1}, minutes_ago(900), minutes_ago(1), {}}}) == "row ");
  CHECK(age({{JobState::scheduled, {1}, minutes_ago(900), minutes_ago(1), minutes_ago(-4)}}) == "row ");
}

TEST_CASE("a paused queue explains its age") {
  World world;
  world.store->statistics.queues[0].paused = true;
  world.check({"--max-age", "10m"});
  CHECK(world.run.output.find("unit=ms reason=the queue is paused\n") != std::string::npos);
}

TEST_CASE("stores without finish times count failures as a whole, over the interval") {
  World world;
  world.store->capabilities.times = false;
  QueueStatistics low = queue_of("low", {{JobState::pending, {5}, minutes_ago(1), minutes_ago(1)}});
  QueueStatistics completed = queue_of("completed", {{JobState::completed, {5}, {}, {}}});
  QueueStatistics dead = queue_of("dead_letter", {{JobState::dead, {5}, {}, {}}});
  world.store->statistics.queues = {low, completed, dead};
  CHECK(world.check({"--max-failures", "0"}) == ExitCode::partial);
  CHECK(world.run.output == std::string(begin) +
                                "row status=undecided check=failures source=one system=memory limit=0 unit=jobs "
                                "reason=no finish times are kept here: give --interval\n"
                                "end tripped=0 undecided=1 ok=0\n");
  world.store->statistics.queues[2].failed_per_minute = 6;  // one in ten seconds
  CHECK(world.check({"--max-failures", "0", "--max-failure-rate", "10", "--interval", "10s"}) ==
        ExitCode::condition_not_met);
  CHECK(world.run.output ==
        std::string(begin) +
            "row status=tripped check=failures source=one system=memory value=1 exactness=exact limit=0 unit=jobs\n"
            "row status=undecided check=failure_rate source=one system=memory limit=10.000000 unit=percent "
            "reason=no failures could be counted in the interval\n"
            "end healthy=false tripped=1 undecided=1 ok=0\n");
  world.store->statistics.queues[1].completed_per_minute = 18;
  CHECK(world.check({"--max-failure-rate", "25", "--interval", "10s"}) == ExitCode::done);
  CHECK(world.check({"--max-failure-rate", "24", "--interval", "10s", "--total"}) == ExitCode::condition_not_met);
}

TEST_CASE("sources that fail") {
  World world;
  world.run.add_failing_source("two", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(world.check({"--max-dead", "9"}) == ExitCode::partial);
  CHECK(world.run.output == std::string(begin) + "end tripped=0 undecided=0 ok=2\n");
  CHECK(world.run.notices.warnings == std::vector<std::string>{"two: cannot connect"});
  CHECK(world.check({"--max-dead", "1"}) == ExitCode::condition_not_met);
  CHECK(world.check({"--max-dead", "9", "--total"}) == ExitCode::partial);
  CHECK(world.run.output == std::string(begin) +
                                "row status=undecided check=dead value=4 exactness=at_least limit=9 unit=jobs "
                                "reason=two did not answer\nend tripped=0 undecided=1 ok=0\n");
  Run alone;
  alone.add_failing_source("two", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(alone.failure("health", {"--max-dead", "1"}) == "unreachable: cannot connect");
  alone.add_failing_source("three", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(alone.run("health", {"--max-dead", "1"}) == ExitCode::unreachable);
}

TEST_CASE("the configured age is the limit where none is given") {
  World world;
  world.run.configuration.ages = AgeLimits{std::chrono::minutes(1), std::chrono::minutes(89)};
  CHECK(world.check({}) == ExitCode::condition_not_met);
  CHECK(world.run.output.find("check=age source=one system=memory queue=email") != std::string::npos);
  CHECK(world.check({"--max-depth", "1000"}) == ExitCode::done);
  world.run.configuration.ages->alert = std::chrono::minutes(91);
  CHECK(world.check({}) == ExitCode::done);
}

TEST_CASE("bad limits, no limit, unknown queues") {
  World world;
  CHECK(world.run.failure("health", {}) ==
        "usage: health: no limit to check | give at least one of --max-age TIME, --max-depth N, --max-dead N, "
        "--max-failures N, --max-failure-rate PERCENT, --max-stale N, --min-coverage PERCENT; `queuetrace doctor` "
        "finds problems without any");
  CHECK(world.run.failure("health", {"--max-age", "soon"}) ==
        "usage: --max-age: cannot use 'soon' | write a time, as in 30s, 10m or 2h");
  CHECK(world.run.failure("health", {"--min-coverage", "101"}) ==
        "usage: --min-coverage: a percentage is between 0 and 100");
  CHECK(world.run.failure("health", {"--max-failure-rate", "nan"}) ==
        "usage: --max-failure-rate: a percentage is between 0 and 100");
  CHECK(world.run.failure("health", {"--max-dead", "1", "--window", "0s"}) ==
        "usage: --window: cannot use '0s' | write a time above zero, as in 30s, 15m, 1h or 7d");
  CHECK(world.run.failure("health", {"--max-dead", "1", "--queue", "emial"}) ==
        "not_found: no queue is called 'emial' | did you mean 'email'? Queues: 'email', 'quiet'");
  CHECK(world.run.opened == std::vector<std::string>{"one"});
}

TEST_CASE("no limit is met by what is seen of jobs that may be hidden") {
  World world;
  world.store->unseen = {{Finding::Severity::warning, "rows", "a policy may hide jobs", "", "row-security"}};
  CHECK(world.check({"--max-dead", "4"}) == ExitCode::partial);
  CHECK(
      world.run.output ==
      begin +
          row("undecided", "dead", "email value=4 exactness=at_least limit=4 unit=jobs reason=a policy may hide jobs") +
          row("undecided", "dead", "quiet value=0 exactness=at_least limit=4 unit=jobs reason=a policy may hide jobs") +
          "end tripped=0 undecided=2 ok=0\n");
  CHECK(world.check({"--max-dead", "4", "--min-coverage", "1", "--total"}) == ExitCode::partial);
  CHECK(world.run.output.find("undecided=2") != std::string::npos);
  CHECK(world.check({"--max-dead", "3"}) == ExitCode::condition_not_met);  // what is seen is enough for that
  world.store->statistics.queues.clear();
  CHECK(world.check({"--max-dead", "4"}) == ExitCode::partial);
  CHECK(world.check({"--max-dead", "4", "--total"}) == ExitCode::partial);
  CHECK(world.run.output.find("undecided=1") != std::string::npos);
  CHECK(world.run.notices.warnings ==
        std::vector<std::string>{"one: incomplete: a policy may hide jobs; `queuetrace source check` says what to do"});
}

TEST_CASE("people are told that all is well") {
  World world;
  world.run.machine = false;
  CHECK(world.check({"--max-dead", "4"}) == ExitCode::done);
  CHECK(world.run.notices.notes == std::vector<std::string>{"All values are within their limits: 2 checks."});
  world.store->statistics.queues.clear();
  CHECK(world.check({"--max-dead", "4"}) == ExitCode::done);
  CHECK(world.run.notices.notes == std::vector<std::string>{"No queues to check."});
}

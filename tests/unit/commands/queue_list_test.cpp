// `queue list` against stores in memory.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

QueueStatistics queue_of(const std::string& name, std::optional<bool> paused,
                         std::vector<StateStatistics> states = {}) {
  QueueStatistics queue;
  queue.queue = Untrusted(name);
  queue.paused = paused;
  queue.states = std::move(states);
  return queue;
}

StateStatistics counted(JobState state, std::uint64_t jobs, Exactness exactness = Exactness::exact) {
  StateStatistics statistics;
  statistics.state = state;
  statistics.count = {jobs, exactness};
  return statistics;
}

/// Two sources, selected against the alphabet, whose stores tell their queues in no order.
struct World {
  World() {
    QueueStatistics held = queue_of("held", true);
    held.pause = QueuePause{test_now() - std::chrono::minutes(5), Untrusted("cli"), Untrusted("provider is down")};
    const QueueStatistics busy =
        queue_of("busy", false,
                 {counted(JobState::pending, 3), counted(JobState::retrying, 2, Exactness::estimated),
                  counted(JobState::running, 1), counted(JobState::failed, 7),
                  counted(JobState::dead, 1000, Exactness::at_least)});
    able->statistics.queues = {held, busy};
    able->statistics.queues[1].notes = {"counting stopped at 1000"};
    able->queue_names = {"busy", "held"};
    other->statistics.queues = {queue_of("plain", std::nullopt, {counted(JobState::scheduled, 4)})};
    other->queue_names = {"plain"};
    run.fields = {"source", "queue", "paused"};
  }

  Run run;
  std::shared_ptr<MemoryStoreData> able = run.add_source("two");
  std::shared_ptr<MemoryStoreData> other = run.add_source("one");
};

}  // namespace

TEST_CASE("queue list: by source, then name; nothing is measured") {
  World world;
  world.run.closing = {"truncated", "warnings"};
  CHECK(world.run.run("queue list", {}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\n"
        "row source=one queue=plain\n"
        "row source=two queue=busy paused=false\n"
        "row source=two queue=held paused=true\n"
        "end truncated=false warnings=[]\n");
  REQUIRE(world.able->statistics_queries.size() == 1);
  const StatisticsQuery& asked = world.able->statistics_queries.front();
  CHECK(asked.window == Milliseconds(0));
  CHECK_FALSE(asked.interval);
  CHECK(asked.queues.empty());
  CHECK(world.able->queue_calls == 0);
  CHECK(world.able->lists.empty());
  CHECK(world.able->peeks.empty());
}

TEST_CASE("queue list: counts with their marks, and a pause with what is known of it") {
  World world;
  world.run.fields = {"queue",          "waiting",           "waiting_exactness",
                      "running",        "running_exactness", "dead",
                      "dead_exactness", "counts_exactness",  "paused",
                      "paused_at",      "paused_by",         "reason",
                      "notes"};
  CHECK(world.run.run("queue list", {}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\n"
        "row queue=plain waiting=4 waiting_exactness=exact running=0 running_exactness=exact dead=0 "
        "dead_exactness=exact counts_exactness=exact\n"
        "row queue=busy waiting=5 waiting_exactness=estimated running=1 running_exactness=exact dead=1000 "
        "dead_exactness=at_least counts_exactness=estimated paused=false notes=[counting stopped at 1000]\n"
        "row queue=held waiting=0 waiting_exactness=exact running=0 running_exactness=exact dead=0 "
        "dead_exactness=exact counts_exactness=exact paused=true paused_at=2026-01-02T02:59:05.000Z paused_by=cli "
        "reason=provider is down\n"
        "end truncated=false\n");
  // None of them was among those that were looked at.
  world.able->statistics.queues = {queue_of("cut", false, {counted(JobState::pending, 9, Exactness::at_least)})};
  world.run.fields = {"running", "running_exactness", "dead_exactness"};
  CHECK(world.run.run("queue list", {"-q", "cut"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\nrow running=0 running_exactness=at_least dead_exactness=at_least\n"
        "end truncated=false\n");
}

TEST_CASE("queue list --paused: only those that are known to be; globs choose") {
  World world;
  CHECK(world.run.run("queue list", {"--paused"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\nrow source=two queue=held paused=true\nend truncated=false\n");
  CHECK(world.run.run("queue list", {"--queue", "pl*", "-q", "b?sy"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\nrow source=one queue=plain\n"
        "row source=two queue=busy paused=false\nend truncated=false\n");
  CHECK(world.able->statistics_queries.back().queues == Texts{"pl*", "b?sy"});
}

TEST_CASE("queue list: nothing to show is an answer, an unknown queue is none") {
  World world;
  const std::string nothing = "begin queuetrace.queues/1 queues list\nend truncated=false\n";
  CHECK(world.run.run("queue list", {"-q", "x*"}) == ExitCode::done);
  CHECK(world.run.output == nothing);
  CHECK(world.run.notices.notes.empty());
  CHECK(world.run.failure("queue list", {"-q", "hled"}) ==
        "not_found: no queue is called 'hled' | did you mean 'held'? Queues: 'busy', 'held', 'plain'");
  world.run.machine = false;
  world.run.terminal = true;
  world.run.format_name = "table";
  CHECK(world.run.run("queue list", {"--paused", "-q", "busy"}) == ExitCode::done);  // known, not paused
  CHECK(world.run.output == nothing);
  CHECK(world.run.notices.notes == Texts{"No queues match."});
  CHECK(world.run.run("queue list", {}) == ExitCode::done);
  CHECK(world.run.notices.notes == Texts{"queue 'busy': counting stopped at 1000"});
  CHECK(world.run.run("queue list", {"--paused"}) == ExitCode::done);
  CHECK(world.run.notices.notes.empty());
}

TEST_CASE("queue list: a source that fails, one that is cut short, an only one") {
  World world;
  world.run.add_failing_source("gone", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(world.run.run("queue list", {"--paused"}) == ExitCode::partial);
  CHECK(world.run.output ==
        "begin queuetrace.queues/1 queues list\nrow source=two queue=held paused=true\nend truncated=false\n");
  CHECK(world.run.notices.warnings == Texts{"gone: cannot connect"});
  World cut;
  cut.able->statistics.truncated = "which queues are paused is not known";
  CHECK(cut.run.run("queue list", {}) == ExitCode::partial);
  CHECK(cut.run.notices.warnings == Texts{"two: incomplete: which queues are paused is not known"});
  CHECK(cut.run.output.ends_with("end truncated=true\n"));
  Run alone;
  alone.add_failing_source("gone", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(alone.failure("queue list", {}).starts_with("unreachable: cannot connect"));
}

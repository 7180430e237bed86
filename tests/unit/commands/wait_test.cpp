// `wait` where one look decides, or none does. What changes while it waits is in tests/scripts.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

struct World {
  World() {
    run.fields = {"outcome", "condition", "matching", "matching_exactness", "state", "samples", "looks"};
    run.timeout = Milliseconds(300);
    store->jobs = {test_job("p1"), test_job("r1", JobState::running), test_job("c1", JobState::completed),
                   test_job("d1234", JobState::dead), test_job("d12345", JobState::completed)};
    store->queue_names = {"email"};
  }
  ExitCode wait(const Texts& arguments) { return run.run("wait", arguments); }

  Run run;
  std::shared_ptr<MemoryStoreData> store = run.add_source("one");
};

std::string answer(const std::string& row, const std::string& truncated = "false") {
  return "begin queuetrace.wait/1 waits list\nrow " + row + "\nend truncated=" + truncated + "\n";
}

}  // namespace

TEST_CASE("empty and idle") {
  World world;
  CHECK(world.wait({"--empty"}) == ExitCode::condition_not_met);
  CHECK(world.run.output == answer("outcome=time_limit condition=no job waits matching=1 matching_exactness=exact "
                                   "samples=[one/p1] looks=1"));
  REQUIRE(world.store->lists.size() == 1);
  CHECK(world.store->lists[0].page_size == 100);
  CHECK(world.store->lists[0].order == JobOrder::storage);
  CHECK(world.store->lists[0].filter.states.size() == 4);
  world.store->jobs[0].state = JobState::completed;
  CHECK(world.wait({"--empty", "--queue", "email"}) == ExitCode::done);
  CHECK(world.run.output ==
        answer("outcome=met condition=no job waits (--queue email) matching=0 matching_exactness=exact looks=1"));
  CHECK(world.wait({"--idle"}) == ExitCode::condition_not_met);
  world.store->jobs[1].state = JobState::failed;
  CHECK(world.wait({"--idle"}) == ExitCode::done);
}

TEST_CASE("for people: how many of the jobs left wait and run, where all of them were looked at") {
  World world;
  world.run.format_name = "table";
  world.run.fields.clear();
  world.store->jobs.push_back(test_job("p2"));
  CHECK(world.wait({"--idle"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.starts_with("Not idle after "));
  CHECK(world.run.output.ends_with(": 3 jobs left (2 wait, 1 run).\n"));
  CHECK(world.wait({"--empty"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.ends_with(": 2 jobs left.\n"));
  for (int i = 0; i < 200; ++i) world.store->jobs.push_back(test_job("q" + std::to_string(i)));
  CHECK(world.wait({"--idle"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.ends_with(": 100+ jobs left.\n"));
}

TEST_CASE("what is due: a job of tomorrow holds nobody up") {
  World world;
  world.store->jobs = {test_job("s1", JobState::scheduled), test_job("b1", JobState::blocked),
                       test_job("t1", JobState::retrying), test_job("c1", JobState::completed)};
  world.store->jobs[2].scheduled_at = test_now() + std::chrono::hours(24);
  CHECK(world.wait({"--idle"}) == ExitCode::condition_not_met);
  CHECK(world.wait({"--idle", "--due"}) == ExitCode::done);
  CHECK(world.run.output ==
        answer("outcome=met condition=no job that is due waits or runs matching=0 matching_exactness=exact looks=1"));
  world.store->jobs[2].scheduled_at = test_now() - std::chrono::seconds(1);
  CHECK(world.wait({"--empty", "--due"}) == ExitCode::condition_not_met);
  world.store->jobs[2].scheduled_at.reset();
  CHECK(world.wait({"--idle", "--due"}) == ExitCode::condition_not_met);
  world.store->jobs[2].state = JobState::running;
  world.store->jobs[2].scheduled_at = test_now() + std::chrono::hours(24);
  CHECK(world.wait({"--empty", "--due"}) == ExitCode::done);
  CHECK(world.wait({"--idle", "--due"}) == ExitCode::condition_not_met);
  CHECK(world.run.failure("wait", {"--count", "1", "--due"}) ==
        "usage: --due says which jobs --empty and --idle wait for | give --empty or --idle with it");
  CHECK(world.run.failure("wait", {"--idle", "--due", "--since", "1h"}) ==
        "usage: --due already says which times are meant | leave out --since and --until, or --due");
}

TEST_CASE("so many jobs that match") {
  World world;
  CHECK(world.wait({"--count", "2", "--state", "completed"}) == ExitCode::done);
  CHECK(world.run.output == answer("outcome=met condition=at least 2 jobs (--state completed) matching=2 "
                                   "matching_exactness=exact samples=[one/c1, one/d12345] looks=1"));
  CHECK(world.wait({"--count", "3", "--state", "completed"}) == ExitCode::condition_not_met);
  CHECK(world.wait({"--count", "0", "--state", "dead"}) == ExitCode::condition_not_met);
  CHECK(world.wait({"--count", "0", "--state", "cancelled"}) == ExitCode::done);
  for (int i = 0; i < 700; ++i) world.store->jobs.push_back(test_job("x" + std::to_string(i), JobState::cancelled));
  CHECK(world.wait({"--count", "700", "--state", "cancelled"}) == ExitCode::done);
  CHECK(world.wait({"--count", "0", "--state", "cancelled"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.find("matching=100 matching_exactness=at_least") != std::string::npos);
}

TEST_CASE("where one filter finds enough, nobody knows what the next one would find") {
  World world;
  world.store->jobs = {test_job("r1", JobState::running)};
  for (int number = 0; number < 100; ++number) world.store->jobs.push_back(test_job("p" + std::to_string(number)));
  CHECK(world.wait({"--idle", "--due"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.find("matching=100 matching_exactness=at_least") != std::string::npos);
}

TEST_CASE("one job: as wanted, not yet, never, gone") {
  World world;
  CHECK(world.wait({"--job", "one/c1"}) == ExitCode::done);
  CHECK(world.run.output == answer("outcome=met condition=job one/c1 is finished matching=1 matching_exactness=exact "
                                   "state=completed samples=[one/c1] looks=1"));
  CHECK(world.wait({"--job", "d1234", "--state", "completed"}) == ExitCode::condition_not_met);
  CHECK(world.run.output == answer("outcome=never condition=job one/d1234 is completed matching=1 "
                                   "matching_exactness=exact state=dead samples=[one/d1234] looks=1"));
  CHECK(world.wait({"--job", "d1234", "--state", "completed,dead"}) == ExitCode::done);
  CHECK(world.wait({"--job", "p1", "--state", "running"}) == ExitCode::condition_not_met);
  CHECK(world.run.output.find("row outcome=time_limit condition=job one/p1 is running") != std::string::npos);
  CHECK(world.run.failure("wait", {"--job", "zzzz"}) == "not_found: no job 'zzzz' in one");
  world.run.add_source("two")->jobs = {test_job("c1")};
  CHECK(world.run.failure("wait", {"--job", "c1"}) ==
        "not_found: 'c1' is a job of several sources | name the source, as in one/c1");
}

TEST_CASE("sources that fail, or answer in part") {
  World world;
  world.run.add_failing_source("two", Error(ErrorKind::unreachable, "cannot connect"));
  world.store->jobs.clear();
  CHECK(world.wait({"--empty"}) == ExitCode::partial);
  CHECK(world.run.output ==
        answer("outcome=unknown condition=no job waits matching=0 matching_exactness=at_least looks=1"));
  CHECK(world.run.notices.warnings == Texts{"two: cannot connect"});
  world.store->jobs = {test_job("c1", JobState::completed)};
  CHECK(world.wait({"--job", "c1"}) == ExitCode::done);  // found in the sources that answered
  World cut;
  cut.store->give_up = 0;
  CHECK(cut.wait({"--empty"}) == ExitCode::partial);
  CHECK(cut.run.output ==
        answer("outcome=unknown condition=no job waits matching=0 matching_exactness=at_least looks=1", "true"));
  Run alone;
  alone.add_source("one")->failure = Error(ErrorKind::authentication, "no");
  CHECK(alone.failure("wait", {"--empty"}) == "authentication: no");
}

TEST_CASE("nothing seen is not nothing there where jobs may be hidden") {
  World world;
  world.store->unseen = {{Finding::Severity::warning, "rows", "a policy may hide jobs", "", "row-security"}};
  world.store->jobs = {test_job("c1", JobState::completed)};
  for (const std::string goal : {"--empty", "--idle"}) {
    CAPTURE(goal);
    CHECK(world.wait({goal}) == ExitCode::partial);
    CHECK(world.run.output.find("outcome=unknown") != std::string::npos);
    CHECK(world.run.output.find("matching=0 matching_exactness=at_least") != std::string::npos);
    CHECK(world.run.notices.warnings ==
          Texts{"one: incomplete: a policy may hide jobs; `queuetrace source check` says what to do"});
  }
  CHECK(world.wait({"--count", "0", "--state", "dead"}) == ExitCode::partial);
  CHECK(world.wait({"--count", "1", "--state", "completed"}) == ExitCode::done);  // what is seen is enough
  CHECK(world.wait({"--job", "c1"}) == ExitCode::done);
}

TEST_CASE("told to stop") {
  World world;
  world.run.stop.request_stop();
  CHECK(world.wait({"--empty"}) == ExitCode::interrupted);
  CHECK(world.run.output == "");
}

TEST_CASE("a queue nobody knows is empty, but said so") {
  World world;
  CHECK(world.wait({"--empty", "--queue", "emial"}) == ExitCode::done);
  CHECK(world.run.notices.warnings == Texts{"no queue is called 'emial'; did you mean 'email'? Queues: 'email'"});
}

TEST_CASE("what cannot be asked for") {
  World world;
  const std::string options =
      " | give one of --empty, --idle, --count N (with filters), --job ID (with --state WORD, or until it is "
      "finished), "
      "--operation OPERATION";
  CHECK(world.run.failure("wait", {}) == "usage: wait: nothing to wait for" + options);
  CHECK(world.run.failure("wait", {"--empty", "--idle"}) == "usage: wait: more than one thing to wait for" + options);
  CHECK(world.run.failure("wait", {"--empty", "--state", "dead"}) ==
        "usage: --state cannot be combined with --empty or --idle, which choose the states themselves | give --count 0 "
        "--state "
        "WORD to wait until no job is in that state");
  CHECK(world.run.failure("wait", {"--job", "p1", "--queue", "email"}) ==
        "usage: --job names one job and cannot be combined with other filters | only --state is allowed; for several "
        "jobs give filters and --count N");
  CHECK(world.run.failure("wait", {"--count", "10001"}) ==
        "usage: --count: 10001 is more than 10000, which every poll would have to read");
  CHECK(world.run.failure("wait", {"--empty", "--interval", "100ms"}) ==
        "usage: --interval: cannot use '100ms' | write a time of at least 1s, as in 2s or 1m");
  CHECK(world.run.failure("wait", {"--count", "1", "--state", "completd"})
            .starts_with("usage: --state: no state is called 'completd' | did you mean 'completed'?"));
}

TEST_CASE("a job is waited for by the word that its system has for another state of ours, too") {
  World world;
  static const StateMapping words[]{{"failed", JobState::dead}, {"ready", JobState::scheduled}};
  world.store->states.assign(std::begin(words), std::end(words));
  world.store->jobs[3].native_state = Untrusted("failed");
  CHECK(world.wait({"--job", "d1234", "--state", "failed"}) == ExitCode::done);
  CHECK(world.run.output.find("condition=job one/d1234 is failed ") != std::string::npos);
  world.store->jobs[0] = test_job("p1", JobState::scheduled);
  world.store->jobs[0].native_state = Untrusted("ready");
  CHECK(world.wait({"--job", "p1", "--state", "ready"}) == ExitCode::done);
  CHECK(world.wait({"--count", "1", "--state", "ready"}) == ExitCode::done);
}

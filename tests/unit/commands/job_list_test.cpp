// `job list` against stores in memory: rows, closing fields, exit codes, what is said on stderr.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

/// Two sources with three jobs each, interleaved by time.
struct TwoSources {
  TwoSources() {
    one->jobs = {test_job("a1", JobState::dead, "email", 10), test_job("a2", JobState::pending, "email", 30),
                 test_job("a3", JobState::pending, "sms", 50)};
    two->jobs = {test_job("b1", JobState::failed, "email", 20), test_job("b2", JobState::completed, "email", 40),
                 test_job("b3", JobState::pending, "pdf", 60)};
    one->queue_names = {"email", "sms"};
    two->queue_names = {"email", "pdf"};
  }

  Run run;
  std::shared_ptr<MemoryStoreData> one = run.add_source("one");
  std::shared_ptr<MemoryStoreData> two = run.add_source("two");
};

const Error unreachable_error = Error(ErrorKind::unreachable, "cannot connect to db:5432")
                                    .because(Untrusted("connection\x1brefused"))
                                    .with_hint("is the server up?");

}  // namespace

TEST_CASE("all sources in one list, newest first, with their outcomes") {
  TwoSources world;
  world.run.closing = {"next_cursor", "truncated", "warnings"};
  CHECK(world.run.run("job list", {}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.jobs/1 jobs list\n"
        "row ref=one/a1 state=dead\n"
        "row ref=two/b1 state=failed\n"
        "row ref=one/a2 state=pending\n"
        "row ref=two/b2 state=completed\n"
        "row ref=one/a3 state=pending\n"
        "row ref=two/b3 state=pending\n"
        "end truncated=false warnings=[]\n");
  CHECK(world.run.notices.warnings.empty());
  CHECK(world.run.notices.notes.empty());
  REQUIRE(world.one->lists.size() == 1);
  CHECK(world.one->lists[0].page_size == 50);
  CHECK_FALSE(world.one->lists[0].payload);
  CHECK(world.one->lists[0].order == JobOrder::newest);
}

TEST_CASE("a page, then the page behind it") {
  TwoSources world;
  world.run.closing = {"next_cursor"};
  CHECK(world.run.run("job list", {"--limit", "4"}) == ExitCode::done);
  const std::string mark = "end next_cursor=";
  const std::size_t at = world.run.output.find(mark);
  REQUIRE(at != std::string::npos);
  std::string cursor = world.run.output.substr(at + mark.size());
  cursor.pop_back();
  REQUIRE_FALSE(cursor.empty());
  CHECK(world.run.run("job list", {"-l", "4", "--cursor", cursor}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.jobs/1 jobs list\n"
        "row ref=one/a3 state=pending\n"
        "row ref=two/b3 state=pending\n"
        "end \n");
  CHECK(world.run.failure("job list", {"--queue", "sms", "--cursor", cursor}).starts_with("usage: "));
  CHECK(world.run.failure("job list", {"--limit", "0", "--cursor", cursor}) ==
        "usage: --cursor continues a page, but --limit 0 lists everything | give a limit, or leave out --cursor");
}

TEST_CASE("beside a page stands how many jobs match, as far as they can be counted") {
  TwoSources world;
  world.run.closing = {"total", "total_at_least", "state_counts"};
  CHECK(world.run.run("job list", {"--limit", "2"}) == ExitCode::done);
  CHECK(world.run.output.ends_with("end total=6 state_counts={pending=3 completed=1 failed=1 dead=1}\n"));
  CHECK(world.run.run("job list", {"--state", "pending"}) == ExitCode::done);  // all are shown: no further look
  CHECK(world.run.output.ends_with("end total=3 state_counts={pending=3}\n"));
  CHECK(world.one->lists.back().order == JobOrder::newest);
  world.run.format_name = "jsonl";  // has no place for it
  CHECK(world.run.run("job list", {"--limit", "2"}) == ExitCode::done);
  CHECK(world.one->lists.back().order == JobOrder::newest);
}

TEST_CASE("a total that was not counted to its end says so") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("one");
  for (int index = 0; index < 10'050; ++index)
    store->jobs.push_back(test_job("id" + std::to_string(index), JobState::dead, "email", index));
  run.closing = {"total", "total_at_least", "state_counts"};
  CHECK(run.run("job list", {}) == ExitCode::done);
  CHECK(run.output.ends_with("end total_at_least=10000 state_counts={dead=10000}\n"));
  run.add_failing_source("two", unreachable_error);
  CHECK(run.run("job list", {"--id", "id7"}) == ExitCode::partial);
  CHECK(run.output.find("total_at_least=") != std::string::npos);
}

TEST_CASE("--count prints no job") {
  TwoSources world;
  world.run.fields = {"total", "exactness", "states"};
  CHECK(world.run.run("job list", {"--count", "--since", "10d"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.job_count/1 counts list\n"
        "row total=6 exactness=exact states={pending=3 completed=1 failed=1 dead=1}\n"
        "end truncated=false\n");
  CHECK(world.one->lists.back().brief);
  CHECK(world.one->statistics_queries.empty());
  CHECK(world.run.failure("job list", {"--count", "--cursor", "x"}) ==
        "usage: --count counts every job that matches, and --cursor continues a page | leave out --cursor");
  world.run.add_failing_source("three", unreachable_error);
  CHECK(world.run.run("job list", {"--count", "--since", "10d"}) == ExitCode::partial);
  CHECK(world.run.output.find("total=6 exactness=at_least") != std::string::npos);
}

TEST_CASE("--count by queue and state is what the queues count, no job is read") {
  TwoSources world;
  QueueStatistics& queue = world.one->statistics.queues.emplace_back();
  queue.queue = Untrusted("email");
  for (const auto& [state, count] : {std::pair{JobState::pending, 7'000'000}, std::pair{JobState::dead, 5}}) {
    StateStatistics& part = queue.states.emplace_back();
    part.state = state;
    part.count = {static_cast<std::uint64_t>(count), Exactness::estimated};
  }
  world.run.fields = {"total", "exactness", "states"};
  CHECK(world.run.run("job list", {"--count", "--queue", "email"}) == ExitCode::done);
  CHECK(world.run.output.find("row total=7000005 exactness=estimated states={pending=7000000 dead=5}\n") !=
        std::string::npos);
  CHECK(world.run.run("job list", {"--count", "--dead"}) == ExitCode::done);
  CHECK(world.run.output.find("row total=5 exactness=estimated states={dead=5}\n") != std::string::npos);
  CHECK(world.one->lists.empty());
  CHECK(world.run.failure("job list", {"--count", "--queue", "nosuch"}).starts_with("not_found: no queue is called"));
}

TEST_CASE("a limit larger than one page of the stores") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("one");
  for (int index = 0; index < 5'200; ++index)
    store->jobs.push_back(test_job("id" + std::to_string(index), JobState::pending, "email", index));
  CHECK(run.run("job list", {"--limit", "5100"}) == ExitCode::done);
  CHECK(std::count(run.output.begin(), run.output.end(), '\n') == 5'102);
  CHECK(run.output.find("row ref=one/id5099 ") != std::string::npos);
  CHECK(run.output.find("row ref=one/id5100 ") == std::string::npos);
  for (const JobQuery& query : store->lists) CHECK(query.page_size <= 5'000);
}

TEST_CASE("limit 0 streams everything in storage order") {
  TwoSources world;
  CHECK(world.run.run("job list", {"--limit", "0", "--payload", "--state", "pending"}) == ExitCode::done);
  CHECK(world.run.output ==
        "begin queuetrace.jobs/1 jobs list\n"
        "row ref=one/a2 state=pending\n"
        "row ref=one/a3 state=pending\n"
        "row ref=two/b3 state=pending\n"
        "end truncated=false\n");
  CHECK(world.one->lists[0].order == JobOrder::storage);
  CHECK(world.one->lists[0].payload);
}

TEST_CASE("for people everything is newest first, while it can be put in order at once") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("one");
  for (int index = 0; index < 3; ++index)
    store->jobs.push_back(test_job("id" + std::to_string(index), JobState::pending, "email", 9 - index));
  run.closing = {"order"};
  CHECK(run.run("job list", {"--limit", "0"}) == ExitCode::done);
  CHECK(run.output.ends_with("end order=storage\n"));
  run.terminal = true;
  run.machine = false;
  CHECK(run.run("job list", {"--limit", "0"}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.jobs/1 jobs list\nrow ref=one/id2 state=pending\nrow ref=one/id1 state=pending\n"
        "row ref=one/id0 state=pending\nend order=newest\n");
  CHECK(run.notices.notes.empty());
  for (int index = 3; index < 5'001; ++index)
    store->jobs.push_back(test_job("id" + std::to_string(index), JobState::pending, "email", 10));
  CHECK(run.run("job list", {"--limit", "0"}) == ExitCode::done);
  CHECK(run.output.starts_with("begin queuetrace.jobs/1 jobs list\nrow ref=one/id0 state=pending\n"));
  CHECK(run.output.ends_with("end order=storage\n"));
  CHECK(run.notices.notes == Texts{"All jobs are listed in the order of storage; the newest first: --limit N"});
}

TEST_CASE("times are about the end of jobs where a system's own words mean ended jobs") {
  TwoSources world;
  world.one->states = {{"Lost", JobState::dead, ""}, {"Held", JobState::blocked, ""}};
  world.run.closing = {"time_field"};
  CHECK(world.run.run("job list", {"--state", "lost", "--since", "1h"}) == ExitCode::done);
  CHECK(world.run.output.ends_with("end time_field=ended\n"));
  CHECK(world.one->lists.back().filter.time_field == TimeField::ended);
  CHECK(world.run.run("job list", {"--state", "lost,held", "--since", "1h"}) == ExitCode::done);
  CHECK(world.run.output.ends_with("end time_field=created\n"));
  CHECK(world.run.run("job list", {"--state", "lost", "--since", "1h", "--time-field", "created"}) == ExitCode::done);
  CHECK(world.run.output.ends_with("end time_field=created\n"));
  world.two->states = {{"LOST", JobState::retrying, ""}};
  CHECK(world.run.run("job list", {"--state", "lost", "--since", "1h"}) == ExitCode::done);
  CHECK(world.run.output.ends_with("end time_field=created\n"));
}

TEST_CASE("a source that fails is named, the rest is shown, exit 7") {
  TwoSources world;
  world.run.add_failing_source("three", unreachable_error);
  world.two->failure = Error(ErrorKind::authentication, "permission denied for table jobs");
  world.run.closing = {"truncated", "sources"};
  CHECK(world.run.run("job list", {}) == ExitCode::partial);
  const std::string output = world.run.output;
  CHECK(output.find("row ref=one/a3") != std::string::npos);
  CHECK(output.find("{address=one system=memory status=ok scanned=3 elapsed_ms=") != std::string::npos);
  CHECK(output.find("{address=two system=memory status=failed error={code=authentication message=permission denied for "
                    "table jobs} elapsed_ms=") != std::string::npos);
  CHECK(output.find("{address=three status=failed error={code=unreachable message=cannot connect to db:5432 "
                    "cause=connection\x1brefused hint=is the server up?}") != std::string::npos);
  CHECK(world.run.notices.warnings ==
        Texts{"two: permission denied for table jobs",
              "three: cannot connect to db:5432: connection\\x1brefused; is the server up?"});
}

TEST_CASE("when every source fails alike, the exit code is theirs") {
  Run run;
  run.add_failing_source("one", unreachable_error);
  run.add_failing_source("two", unreachable_error);
  CHECK(run.run("job list", {"--queue", "nothing"}) == ExitCode::unreachable);
  Run mixed;
  mixed.add_failing_source("one", unreachable_error);
  mixed.add_failing_source("two", Error(ErrorKind::authentication, "wrong password"));
  CHECK(mixed.run("job list", {}) == ExitCode::partial);
  Run single;
  single.add_failing_source("one", unreachable_error);
  CHECK(single.failure("job list", {}) == "unreachable: cannot connect to db:5432 | is the server up?");
}

TEST_CASE("a read that was cut short says so in three places") {
  TwoSources world;
  world.one->give_up = 2;
  world.one->warnings = {"1 element is no JSON"};
  world.run.closing = {"truncated", "warnings"};
  CHECK(world.run.run("job list", {"--queue", "sms"}) == ExitCode::partial);
  CHECK(world.run.output == "begin queuetrace.jobs/1 jobs list\nend truncated=true warnings=[1 element is no JSON]\n");
  CHECK(world.run.notices.warnings == Texts{"one: incomplete: stopped after 2 entries", "1 element is no JSON"});
}

TEST_CASE("an empty list is an answer") {
  TwoSources world;
  world.run.terminal = true;
  world.run.machine = false;
  CHECK(world.run.run("job list", {"--state", "running"}) == ExitCode::done);
  CHECK(world.run.output == "begin queuetrace.jobs/1 jobs list\nend truncated=false\n");
  CHECK(world.run.notices.notes == Texts{"No jobs match in one and two."});
  CHECK(world.run.run("job list", {"--since", "1s"}) == ExitCode::done);
  CHECK(world.run.notices.notes == Texts{"No jobs that were created in the last 1s in one and two."});
  CHECK(world.run.run("job list", {"--correlation-id", "order-12345"}) == ExitCode::done);
  CHECK(world.run.notices.notes == Texts{"No jobs of order-12345 in one and two."});
  world.run.machine = true;
  CHECK(world.run.run("job list", {"--state", "running"}) == ExitCode::done);
  CHECK(world.run.notices.notes.empty());
  CHECK(world.one->queue_calls == 0);
}

TEST_CASE("where states or times left nothing over, what there is without them is said") {
  TwoSources world;
  world.run.terminal = true;
  world.run.machine = false;
  CHECK(world.run.run("job list", {"-q", "email", "--state", "running"}) == ExitCode::done);
  CHECK(world.run.notices.notes == Texts{"No jobs match in one and two; without --state: 4."});
  CHECK(world.run.run("job list", {"-q", "email", "--since", "1s"}) == ExitCode::done);
  CHECK(world.run.notices.notes ==
        Texts{"No jobs that were created in the last 1s in one and two; without --since: 4."});
  CHECK(world.run.run("job list", {"-q", "sms", "--failed"}) == ExitCode::done);
  CHECK(world.run.notices.notes == Texts{"No jobs match in one and two; without --failed: 1."});
}

TEST_CASE("a queue nobody knows") {
  TwoSources world;
  CHECK(world.run.failure("job list", {"--queue", "emial"}) ==
        "not_found: no queue is called 'emial' | did you mean 'email'? Queues: 'email', 'pdf', 'sms'");
  CHECK(world.run.output.empty());
  CHECK(world.run.failure("job list", {"-n", "10"}) ==
        "usage: no queue is called '10' | -n names a queue here; for a number of jobs write --limit 10");
  CHECK(world.run.run("job list", {"--queue", "nothing*"}) == ExitCode::done);
  CHECK(world.run.run("job list", {"--queue", "sms", "--state", "dead"}) == ExitCode::done);
  CHECK(world.run.run("job list", {"--queue", "smss", "--queue", "pdf", "--state", "dead"}) == ExitCode::done);
  CHECK(world.run.notices.warnings == Texts{"no queue is called 'smss'; did you mean 'sms'?"});
  world.two->failure = Error(ErrorKind::unreachable, "gone");
  CHECK(world.run.run("job list", {"--queue", "emial"}) == ExitCode::partial);
}

TEST_CASE("a state nobody knows") {
  TwoSources world;
  static const StateMapping words[]{{"TimedOut", JobState::failed}, {"Pending", JobState::pending}};
  world.one->states.assign(std::begin(words), std::end(words));
  CHECK(world.run.failure("job list", {"--state", "runing"}) ==
        "usage: --state: no state is called 'runing' | did you mean 'running'? States: pending, scheduled, blocked, "
        "running, retrying, completed, failed, dead, cancelled, unknown, TimedOut, Pending");
  REQUIRE(world.one->lists.size() == 1);  // whether a job is called so, which no list of words can tell
  CHECK(world.one->lists.front().page_size == 1);
  CHECK(world.one->lists.front().limits.statement_timeout <= Milliseconds(2'000));
  CHECK(world.run.run("job list", {"--state", "timedout"}) == ExitCode::done);
  CHECK(world.run.run("job list", {"--state", "\"TimedOut\""}) == ExitCode::done);
  Job exploded = test_job("e1", JobState::unknown);
  exploded.native_state = Untrusted("Exploded");
  world.one->jobs.push_back(exploded);
  world.run.fields = {"id"};
  CHECK(world.run.run("job list", {"--state", "Exploded"}) == ExitCode::done);
  CHECK(world.run.output.find("id=e1") != std::string::npos);
}

TEST_CASE("no source selected") {
  Run run;
  CHECK(run.failure("job list", {}).starts_with("usage: queuetrace knows no database or Redis to look into"));
}

// `trace list`: what becomes a trace, its facts, orders, bounds that are said, and failures.
#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

const std::string first_id = "0af7651916cd43dd8448eb211c80319c";
const std::string second_id = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A job that waited a minute and ran for two, created so many minutes before the test's moment.
Job done(const std::string& id, const std::string& trace, int minutes, JobState state = JobState::completed) {
  Job job = traced_job(id, trace, minutes);
  job.state = state;
  job.started_at = *job.created_at + std::chrono::minutes(1);
  job.finished_at = *job.created_at + std::chrono::minutes(3);
  return job;
}

struct World {
  World() {
    ViewerSettings viewer;
    viewer.name = "jaeger";
    viewer.preset = "jaeger";
    viewer.base = "http://localhost:16686";
    run.configuration.viewers.push_back(viewer);
    run.fields = {"trace_id", "jobs", "states", "failed", "total_ms", "waiting_ms", "error"};
    run.closing = {"total_traces", "jobs_read", "jobs_without_trace", "more_jobs"};
  }

  std::string printed(const Texts& arguments) {
    CHECK(run.run("trace list", arguments) == ExitCode::done);
    return run.output;
  }

  Run run;
};

}  // namespace

TEST_CASE("trace list: jobs of one trace are one row over sources and spellings, the latest first") {
  World world;
  const auto one = world.run.add_source("one");
  const auto two = world.run.add_source("two");
  two->system_name = "other";
  Job failed = done("b1", "00-" + first_id + "-b7ad6b7169203331-01", 20, JobState::dead);
  failed.error = Untrusted("boom");
  Job zeros = done("c1", std::string(32, '0'), 5);
  one->jobs = {done("a1", first_id, 40), done("a2", second_id, 10), test_job("plain"), zeros,
               traced_job("counter", "17")};
  two->jobs = {failed};
  CHECK(world.printed({}) ==
        "begin queuetrace.traces/1 traces list\n"
        "row trace_id=4bf92f3577b34da6a3ce929d0e0e4736 jobs=1 states={completed=1} failed=0 total_ms=180000ms "
        "waiting_ms=60000ms\n"
        "row trace_id=0af7651916cd43dd8448eb211c80319c jobs=2 states={dead=1 completed=1} failed=1 total_ms=1380000ms "
        "waiting_ms=120000ms error=boom\n"
        "end total_traces=2 jobs_read=6 jobs_without_trace=3 more_jobs=false\n");
  world.run.fields = {"trace_id", "systems", "sources", "queues", "first_at", "last_at", "trace_url"};
  CHECK(world.printed({"-l", "1", "--sort", "failed"})
            .find("row trace_id=0af7651916cd43dd8448eb211c80319c systems=[memory, other] sources=[one, two] "
                  "queues=[email] first_at=2026-01-02T02:24:05.000Z last_at=2026-01-02T02:47:05.000Z "
                  "trace_url=http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c\nend") != std::string::npos);
}

TEST_CASE("trace list: orders") {
  World world;
  const auto store = world.run.add_source("one");
  Job slow = done("s1", std::string(31, '1') + "a", 300);
  slow.finished_at = *slow.created_at + std::chrono::hours(2);
  Job waited = done("w1", std::string(31, '2') + "a", 200);
  waited.started_at = *waited.created_at + std::chrono::minutes(50);
  waited.finished_at = *waited.created_at + std::chrono::minutes(51);
  store->jobs = {slow, waited, done("f1", std::string(31, '3') + "a", 100, JobState::failed),
                 done("n1", std::string(31, '4') + "a", 10), done("n2", std::string(31, '4') + "a", 11)};
  world.run.fields = {"trace_id"};
  const auto first = [&](const std::string& order) {
    return world.printed({"--sort", order})
        .substr(std::string("begin queuetrace.traces/1 traces list\nrow trace_id=").size(), 1);
  };
  CHECK(first("newest") == "4");
  CHECK(first("jobs") == "4");
  CHECK(first("slowest") == "1");
  CHECK(first("waiting") == "2");
  CHECK(first("failed") == "3");
  CHECK_THROWS(parse("trace list", {"--sort", "oldest"}));
}

TEST_CASE("trace list: the newest jobs are looked at, filters choose them, and what was left out is said") {
  World world;
  const auto store = world.run.add_source("one");
  for (int minute = 1; minute <= 30; ++minute)
    store->jobs.push_back(done("j" + std::to_string(minute), std::string(30, 'a') + std::to_string(10 + minute), minute,
                               minute % 10 == 0 ? JobState::dead : JobState::completed));
  world.run.fields = {"jobs"};
  CHECK(world.printed({"--jobs", "4", "-l", "2"}) ==
        "begin queuetrace.traces/1 traces list\nrow jobs=1\nrow jobs=1\n"
        "end total_traces=4 jobs_read=4 jobs_without_trace=0 more_jobs=true\n");
  CHECK(world.printed({"--dead"}).ends_with("end total_traces=3 jobs_read=3 jobs_without_trace=0 more_jobs=false\n"));
  CHECK_FALSE(store->lists.back().payload);
  world.run.format_name = "jsonl";
  world.printed({"--jobs", "4"});
  CHECK(world.run.notices.notes.back() == "the newest 4 jobs were looked at; --jobs looks at more");
}

TEST_CASE("trace list: sources that fail, and queues that nobody knows") {
  World world;
  world.run.add_failing_source("down", Error(ErrorKind::unreachable, "cannot connect"));
  CHECK(world.run.failure("trace list", {}) == "unreachable: cannot connect");
  const auto store = world.run.add_source("one");
  store->queue_names = {"email"};
  store->jobs = {done("a1", first_id, 40)};
  CHECK(world.run.run("trace list", {}) == ExitCode::partial);
  CHECK(world.run.output.find("row trace_id=" + first_id) != std::string::npos);
  World other;
  other.run.add_source("one")->queue_names = {"email"};
  CHECK(other.run.failure("trace list", {"-q", "emial"}).starts_with("not_found: "));
}

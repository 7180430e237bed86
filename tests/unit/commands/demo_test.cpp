// `demo`: the incident tells one story, the same on every run, and is readable as a source.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "commands/capture/demo_incident.hpp"
#include "commands/report/shell_word.hpp"
#include "tests/support/job_equality.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/commands/command_run.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using testing::differences;
using testing::Run;
using testing::TemporaryFolder;
using testing::test_now;

TEST_CASE("the incident depends on nothing but the moment, and lies in the half hour before it") {
  const std::vector<DemoJob> first = demo_incident(test_now()), second = demo_incident(test_now());
  REQUIRE(first.size() == second.size());
  CHECK(first.size() == 32);
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(differences(first[i].job, second[i].job) == "");
    CHECK(*first[i].job.created_at >= test_now() - std::chrono::minutes(30));
    CHECK(*first[i].job.created_at <= test_now());
    if (first[i].job.started_at) CHECK(*first[i].job.started_at <= test_now());
    if (first[i].job.finished_at) CHECK(*first[i].job.finished_at <= test_now());
    CHECK((first[i].job.run.value_or(Milliseconds(0)) >= Milliseconds(0)));
  }
}

TEST_CASE("the incident shows what a user may meet") {
  std::map<JobState, int> states;
  std::map<TraceStatus, int> statuses;
  std::set<std::string> ids, systems, correlated_queues, systems_of_trace;
  std::set<std::string> parents;
  for (const DemoJob& one : demo_incident(test_now())) {
    ++states[one.job.state];
    ++statuses[one.job.trace.status];
    systems.insert(one.job.system);
    CHECK(ids.insert(one.job.ref.id.raw()).second);
    for (const Untrusted& parent : one.job.parents) parents.insert(parent.raw());
    if (one.job.trace.correlation_id && one.job.trace.correlation_id->raw() == demo_correlation_id)
      correlated_queues.insert(one.job.queue->raw());
    if (one.job.trace.trace_id && one.job.trace.trace_id->raw() == demo_trace_id)
      systems_of_trace.insert(one.job.system);
    if (one.job.state == JobState::dead && one.job.system == "hammerwork") CHECK(one.job.error);
    CHECK(one.job.trace.status ==
          (one.job.trace.trace_id ? classify_trace_id(one.job.trace.trace_id->raw()) : TraceStatus::absent));
  }
  for (const JobState state : all_job_states) {
    CAPTURE(to_word(state));
    CHECK((states[state] > 0) == (state != JobState::unknown));
  }
  CHECK(statuses[TraceStatus::absent] > 0);
  CHECK(statuses[TraceStatus::opaque] > 0);
  CHECK(statuses[TraceStatus::w3c] > 15);
  CHECK(systems == std::set<std::string>{"go-redis-work-queue", "hammerwork"});
  CHECK(systems_of_trace == systems);
  for (const char* queue : {"payments", "email", "inventory"}) CHECK(correlated_queues.count(queue) == 1);
  for (const std::string& parent : parents) CHECK(ids.count(parent) == 1);
  CHECK(classify_trace_id(demo_trace_id) == TraceStatus::w3c);
}

TEST_CASE("on a terminal the list of commands is printed once") {
  const TemporaryFolder folder;
  const std::string file = (folder / "try me.db").string();
  Run run;
  run.format_name = "table";
  run.machine = false;
  run.fields = {};
  CHECK(run.run("demo", {file}) == ExitCode::done);
  CHECK(run.output.starts_with(file + ": 32 jobs of 2 systems; an order went wrong half an hour ago\n"));
  const std::string command = "  queuetrace trace show order-12345 -s '" + file + "'  # ";
  CHECK(run.output.find(command) != std::string::npos);
  CHECK(run.output.find(command) == run.output.rfind(command));
  CHECK(run.notices.notes.empty());
}

TEST_CASE("no line of the commands is wider than 80 cells, where the file is called as usual") {
  const TemporaryFolder folder;
  for (const char* name : {"queuetrace-demo.db", "incident"}) {
    const std::string file = (folder / name).string();
    Run run;
    run.format_name = "table";
    run.machine = false;
    run.fields = {};
    CHECK(run.run("demo", {file}) == ExitCode::done);
    std::istringstream lines(run.output);
    std::size_t commands = 0;
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      if (file.ends_with(".db")) CHECK(line.size() + std::string_view("queuetrace-demo.db").size() <= file.size() + 80);
      commands += line.find(file.ends_with(".db") ? " -s " + file : " -s sqlite:" + file) != std::string::npos ? 1 : 0;
    }
    CHECK(commands == 4);
  }
}

TEST_CASE("the file holds the incident, its owner's only, and the trace is found in it") {
  const TemporaryFolder folder;
  const std::string file = (folder / "try me.db").string();
  Run run;
  run.fields = {"jobs", "trace_id", "correlation_id"};
  run.closing = {};
  CHECK(run.run("demo", {file}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.demo/1 demo detail\n"
        "row jobs=32 trace_id=7c1e9d54b8a24f0f9e3d6a1b52c8704d correlation_id=order-12345\n"
        "end \n");
  CHECK(run.notices.notes.empty());
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0600);

  const std::vector<Job> jobs = testing::captured_jobs(file);
  const std::vector<DemoJob> incident = demo_incident(test_now());
  REQUIRE(jobs.size() == incident.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) CHECK(differences(jobs[i], incident[i].job) == "source extra");

  JobQuery query;
  query.filter.traces = {make_trace_query("00-7c1e9d54b8a24f0f9e3d6a1b52c8704d-00f067aa0ba902b7-01")};
  const auto store = testing::open_capture(file);
  CHECK(store->list(query).jobs.size() == 11);
  query.filter = {};
  query.filter.correlation_ids = {"order-12345"};
  CHECK(store->list(query).jobs.size() == 9);
  const PeekResult peek = store->peek({});
  for (const PeekQueue& queue : peek.queues)
    if (queue.queue.raw() == "jobqueue:low_priority") CHECK(queue.next.size() == 2);
}

TEST_CASE("a file that is there is kept without --force") {
  const TemporaryFolder folder;
  const std::string file = (folder / "demo.db").string();
  Run run;
  CHECK(run.run("demo", {file}) == ExitCode::done);
  CHECK(run.failure("demo", {file}) == "refused: file exists: " + file + " | --force replaces it");
  CHECK(run.output.empty());
  CHECK(run.run("demo", {file, "--force"}) == ExitCode::done);
}

TEST_CASE("words for a shell are quoted when they need it") {
  CHECK(shell_word("sqlite:queuetrace-demo.db") == "sqlite:queuetrace-demo.db");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's $HOME;`x`") == "'it'\\''s $HOME;`x`'");
  CHECK(shell_word("") == "''");
}

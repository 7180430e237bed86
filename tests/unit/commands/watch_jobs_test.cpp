// `job list --watch`: which changes are reported, and which are none.
#include "commands/job/watch.hpp"

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

Job seen(const std::string& id, JobState state, int minutes, const std::string& source = "one") {
  Job job = test_job(id, state, "email", minutes);
  job.ref.source = source;
  return job;
}

GatheredPage page_of(std::vector<Job> jobs) {
  GatheredPage page;
  page.jobs = std::move(jobs);
  page.outcomes = {{"one", "memory", std::nullopt, 0, std::nullopt, {}}};
  return page;
}

Texts words(const std::vector<JobChange>& changes) {
  Texts result;
  for (const JobChange& change : changes) {
    const std::string sign = change.kind == JobChange::Kind::added     ? "+"
                             : change.kind == JobChange::Kind::removed ? "-"
                                                                       : "~";
    result.push_back(sign + change.job.ref.id.raw());
  }
  return result;
}

}  // namespace

TEST_CASE("added, changed, removed; a growing duration is no change") {
  JobChanges changes;
  CHECK(words(changes.since_last(page_of({seen("a", JobState::running, 1), seen("b", JobState::pending, 2)}))) ==
        Texts{"+a", "+b"});
  Job longer = seen("a", JobState::running, 1);
  longer.run = Milliseconds(5'000);
  CHECK(changes.since_last(page_of({longer, seen("b", JobState::pending, 2)})).empty());
  CHECK(words(changes.since_last(page_of({seen("a", JobState::completed, 1)}))) == Texts{"~a", "-b"});
}

TEST_CASE("pushed out of a full page is not removed") {
  JobChanges changes;
  changes.since_last(page_of({seen("a", JobState::pending, 5), seen("b", JobState::pending, 9)}));
  GatheredPage full = page_of({seen("c", JobState::pending, 1), seen("d", JobState::pending, 6)});
  full.next = "more";
  CHECK(words(changes.since_last(full)) == Texts{"+c", "+d", "-a"});
}

TEST_CASE("jobs of a source that does not answer stay as they were") {
  JobChanges changes;
  changes.since_last(page_of({seen("a", JobState::pending, 1), seen("b", JobState::pending, 2, "two/hammerwork")}));
  GatheredPage failed = page_of({});
  failed.outcomes.push_back({"two", "", Error(ErrorKind::unreachable, "gone"), 0, std::nullopt, {}});
  CHECK(words(changes.since_last(failed)) == Texts{"-a"});
  CHECK(words(changes.since_last(page_of({seen("b", JobState::dead, 2, "two/hammerwork")}))) == Texts{"~b"});
}

TEST_CASE("every occurrence of an id counts by itself") {
  JobChanges changes;
  CHECK(words(changes.since_last(page_of({seen("a", JobState::pending, 1), seen("a", JobState::dead, 2)}))) ==
        Texts{"+a", "+a"});
  CHECK(words(changes.since_last(page_of({seen("a", JobState::pending, 1)}))) == Texts{"-a"});
}

TEST_CASE("values of --interval and --limit; on a terminal the screen is given back") {
  Run run;
  run.add_source("one")->jobs = {test_job("a1")};
  CHECK(run.failure("job list", {"--watch", "--interval", "100ms"}) ==
        "usage: --interval: cannot use '100ms' | write a time of at least 1s, as in 2s or 1m");
  CHECK(run.failure("job list", {"--watch", "--limit", "0"}) ==
        "usage: --watch shows one page of jobs, but --limit 0 asks for all | give a limit");
  run.stop.request_stop();  // one look
  run.terminal = true;
  run.machine = false;
  run.environment["TERM"] = "xterm";
  CHECK(run.run("job list", {"--watch"}) == ExitCode::interrupted);
  CHECK(run.output ==
        "\x1b[?1049h\x1b[?25l\x1b[HEvery 2s, last at 2026-01-02T03:04:05.000Z\x1b[K\r\n"
        "begin queuetrace.jobs/1 jobs list\x1b[K\r\nrow ref=one/a1 state=pending\x1b[K\r\nend \x1b[K\x1b[J"
        "\x1b[?25h\x1b[?1049l");
}

TEST_CASE("a terminal that cannot move its cursor gets one look below the other") {
  for (const char* term : {"dumb", ""}) {
    Run run;
    run.add_source("one")->jobs = {test_job("a1")};
    run.stop.request_stop();
    run.terminal = true;
    run.machine = false;
    run.environment["TERM"] = term;
    CHECK(run.run("job list", {"--watch"}) == ExitCode::interrupted);
    CHECK(
        run.output ==
        "Every 2s, last at 2026-01-02T03:04:05.000Z\nbegin queuetrace.jobs/1 jobs list\nrow ref=one/a1 state=pending\n"
        "end \n");
  }
}

TEST_CASE("in a pipe: one change a line") {
  Run run;
  run.add_source("one")->jobs = {test_job("a1")};
  run.stop.request_stop();
  CHECK(run.run("job list", {"--watch"}) == ExitCode::interrupted);
  CHECK(run.output == "{\"change\":\"added\",\"ref\":\"one/a1\",\"state\":\"pending\"}\n");
}

// job errors: groups, their order and facts, what is counted apart, and groups fed back as a filter.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

constexpr const char* hex = "0af7651916cd43dd8448eb211c80319c";

Job failing(const std::string& id, const std::string& error, int minutes, JobState state = JobState::failed,
            const std::string& queue = "email") {
  Job job = test_job(id, state, queue, minutes);
  if (!error.empty()) job.error = Untrusted(error);
  job.attempts = 2;
  return job;
}

}  // namespace

TEST_CASE("job errors: like messages are one group, the largest first") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("prod");
  Job traced = failing("e2", "timeout after 31s", 20, JobState::dead, "sms");
  traced.trace.trace_id = Untrusted(hex);
  traced.trace.status = TraceStatus::w3c;
  store->jobs = {failing("e1", "no such user 'bob'", 1), traced, failing("e3", "timeout after 30s", 5),
                 failing("e4", "", 3), failing("e5", "timeout after 5s", 2, JobState::completed)};
  run.fields = {"group",    "count",   "share_percent", "first_seen_at", "last_seen_at",
                "attempts", "message", "queues",        "sample",        "trace_id"};
  run.closing = {"jobs", "total_groups", "other_jobs", "without_error", "truncated"};
  CHECK(run.run("job errors", {}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.errors/1 groups list\n"
        "row group=8e94ba39 count=2 share_percent=66.700000 first_seen_at=2026-01-02T02:44:05.000Z "
        "last_seen_at=2026-01-02T02:59:05.000Z attempts=4 message=timeout after <n>s queues=[email, sms] "
        "sample=prod/e2 trace_id=0af7651916cd43dd8448eb211c80319c\n"
        "row group=1dba6a81 count=1 share_percent=33.300000 first_seen_at=2026-01-02T03:03:05.000Z "
        "last_seen_at=2026-01-02T03:03:05.000Z attempts=2 message=no such user <text> queues=[email] sample=prod/e1\n"
        "end jobs=3 total_groups=2 other_jobs=0 without_error=1 truncated=false\n");
}

TEST_CASE("job errors: queues with their counts, the last message, and jobs in each twelfth of the time asked for") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("prod");
  // The clock of the run stands at 03:04:05; the hour asked for has parts of 5 minutes.
  store->jobs = {failing("e1", "timeout after 1s", 58, JobState::failed, "sms"), failing("e2", "timeout after 2s", 57),
                 failing("e3", "timeout after 3s", 1), failing("e4", "timeout after 4s", 31, JobState::dead, "email")};
  run.fields = {"queue_counts", "trend", "last_error"};
  run.closing = {"trend_since_at", "trend_until_at"};
  CHECK(run.run("job errors", {"--since", "1h"}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.errors/1 groups list\n"
        "row queue_counts=[{queue=email jobs=3}, {queue=sms jobs=1}] trend=[2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1] "
        "last_error=timeout after 3s\n"
        "end trend_since_at=2026-01-02T02:04:05.000Z trend_until_at=2026-01-02T03:04:05.000Z\n");
  run.output.clear();
  CHECK(run.run("job errors", {}) == ExitCode::done);  // no beginning: the last day, in parts of 2 hours
  CHECK(run.output.find("trend=[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]") != std::string::npos);
  CHECK(run.output.find("end trend_since_at=2026-01-01T03:04:05.000Z") != std::string::npos);
}

TEST_CASE("job errors: jobs without a message are told beside groups, and alone where there are none") {
  const auto notes = [](const std::vector<Job>& jobs) {
    Run run;
    run.add_source("prod")->jobs = jobs;
    run.format_name = "csv";
    run.terminal = true;
    run.machine = false;
    run.fields = {"group"};
    CHECK(run.run("job errors", {}) == ExitCode::done);
    return run.notices.notes;
  };
  using Notes = std::vector<std::string>;
  const Job silent = failing("e1", "", 1), other = failing("e2", "", 2), telling = failing("e3", "boom", 3);
  CHECK(notes({silent}) == Notes{"1 failed job in prod, without a message"});
  CHECK(notes({silent, other}) == Notes{"2 failed jobs in prod, none with a message"});
  CHECK(notes({silent, telling}) == Notes{"1 more job has no error recorded"});
  CHECK(notes({silent, other, telling}) == Notes{"2 more jobs have no error recorded"});
  CHECK(notes({}) == Notes{"No errors match."});
}

TEST_CASE("job errors: a group is a filter of job list") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("prod");
  for (int i = 0; i < 1'200; ++i)
    store->jobs.push_back(failing("id" + std::to_string(i), i % 400 == 7 ? "timeout after 3s" : "boom", i));
  CHECK(run.run("job list", {"--error-group", "8E94BA39", "--limit", "2"}) == ExitCode::done);
  CHECK(run.output ==
        "begin queuetrace.jobs/1 jobs list\nrow ref=prod/id7 state=failed\nrow ref=prod/id407 state=failed\n"
        "end truncated=false\n");
  CHECK(
      run.failure("job list", {"--error-group", "xyz"}) ==
      "usage: --error-group: cannot read 'xyz' | write the 8 hex digits that `queuetrace job errors` prints as GROUP");
}

TEST_CASE("job errors: times are about the end of jobs, whatever states are asked for") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("prod");
  store->jobs = {failing("e1", "boom", 1)};
  run.fields = {};
  run.closing = {"time_field"};
  CHECK(run.run("job errors", {"--since", "1h", "--state", "retrying"}) == ExitCode::done);
  CHECK(run.output.ends_with("end time_field=ended\n"));
  CHECK(store->lists.back().filter.time_field == TimeField::ended);
  CHECK(run.run("job errors", {"--since", "1h", "--time-field", "created"}) == ExitCode::done);
  CHECK(run.output.ends_with("end time_field=created\n"));
  CHECK(store->lists.back().filter.time_field == TimeField::created);
  CHECK(run.run("job errors", {}) == ExitCode::done);
  CHECK(run.output.ends_with("end \n"));
}

TEST_CASE("job errors: further messages are counted, and said") {
  Run run;
  const std::shared_ptr<MemoryStoreData> store = run.add_source("prod");
  for (int i = 0; i < 1'003; ++i) {
    std::string letters;
    for (int rest = i; rest > 0; rest /= 26) letters += static_cast<char>('a' + rest % 26);
    store->jobs.push_back(failing("id" + std::to_string(i), "broken " + letters + "_", i));
  }
  run.fields = {};
  run.closing = {"jobs", "total_groups", "other_jobs"};
  CHECK(run.run("job errors", {"--limit", "1"}) == ExitCode::done);
  CHECK(run.output.ends_with("end jobs=1003 total_groups=1000 other_jobs=3\n"));
  CHECK(run.notices.warnings ==
        std::vector<std::string>{"3 jobs with messages beyond the first 1,000 groups: counted as other_jobs only"});
}

TEST_CASE("job errors: a failing source and an answer cut short are partial") {
  Run run;
  run.add_source("good")->jobs = {failing("e1", "boom", 1)};
  run.add_failing_source("bad", Error(ErrorKind::unreachable, "no answer"));
  CHECK(run.run("job errors", {}) == ExitCode::partial);
  Run cut;
  const std::shared_ptr<MemoryStoreData> store = cut.add_source("prod");
  store->jobs = {failing("e1", "boom", 1), failing("e2", "boom", 2)};
  store->give_up = 1;
  CHECK(cut.run("job errors", {}) == ExitCode::partial);
  CHECK(cut.output.ends_with("end truncated=true\n"));
}

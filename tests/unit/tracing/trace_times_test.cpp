// The parts of a job's life: what is known, what is estimated, and what stays unknown.
#include "tracing/trace_times.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/incident.hpp"

using namespace queuetrace;
using queuetrace::testing::incident_job;
using queuetrace::testing::incident_time;

namespace {

Timestamp moment(std::int64_t milliseconds) { return incident_time(milliseconds); }

Job job_in(JobState state) { return incident_job("id", "q", "k", state); }

/// `kind begin-end`, `+` open, `~` estimated, milliseconds since the order; now is 10,000.
std::string life(const Job& job, const Dependencies& dependencies = {}) {
  std::string out;
  for (const TraceSegment& segment : job_segments(job, moment(10'000), dependencies)) {
    const auto offset = [](Timestamp time) {
      return std::to_string(std::chrono::duration_cast<Milliseconds>(time - moment(0)).count());
    };
    out += (out.empty() ? "" : " ") + std::string(to_word(segment.kind)) + " " + offset(segment.begin) + "-" +
           offset(segment.end) + (segment.open ? "+" : "") + (segment.estimated ? "~" : "");
  }
  return out;
}

}  // namespace

TEST_CASE("waiting counts from the schedule when that comes before the start, running to the end or to now") {
  Job job = job_in(JobState::completed);
  job.created_at = moment(0);
  job.started_at = moment(500);
  job.finished_at = moment(700);
  CHECK(life(job) == "waiting 0-500 running 500-700");
  job.scheduled_at = moment(400);
  CHECK(life(job) == "held 0-400 waiting 400-500 running 500-700");
  job.scheduled_at = moment(9'000);  // the next attempt of a job that ran: says nothing about this one
  CHECK(life(job) == "waiting 0-500 running 500-700");
  job.state = JobState::running;
  CHECK(life(job) == "waiting 0-500 running 500-10000+");
  job.wait = Milliseconds(100);
  CHECK(life(job) == "held 0-400 waiting 400-500 running 500-10000+");
}

TEST_CASE("zero values of programs are no times: no part of a life begins in 1970 or in the year 1") {
  for (const std::int64_t seconds : {-62'135'596'800LL, 0LL, 1LL, 631'152'000LL}) {
    const Timestamp zero{std::chrono::seconds(seconds)};
    CAPTURE(to_rfc3339(zero));
    CHECK_FALSE(usable(zero));
    Job job = job_in(JobState::completed);
    job.created_at = job.scheduled_at = zero;
    job.started_at = moment(500);
    job.finished_at = moment(700);
    CHECK(life(job) == "running 500-700");
    job.started_at = zero;
    CHECK(life(job) == "unknown 700-700");
    job.finished_at = zero;
    CHECK(life(job).empty());
    job.state = JobState::pending;
    CHECK(life(job).empty());
  }
}

TEST_CASE("earlier attempts are unknown, not waiting") {
  Job job = job_in(JobState::completed);
  job.created_at = moment(0);
  job.started_at = moment(5'000);
  job.finished_at = moment(5'100);
  job.attempts = 3;
  job.wait = Milliseconds(5'000);
  CHECK(life(job) == "unknown 0-5000 running 5000-5100");
  job.scheduled_at = moment(4'000);
  CHECK(life(job) == "unknown 0-4000 waiting 4000-5000 running 5000-5100");
}

TEST_CASE("jobs that wait to be retried") {
  Job job = job_in(JobState::retrying);
  job.created_at = moment(0);
  job.started_at = moment(100);
  CHECK(life(job) == "waiting 0-100 unknown 100-10000+");
  job.scheduled_at = moment(8'000);
  CHECK(life(job) == "waiting 0-100 unknown 100-8000 waiting 8000-10000+");
  job.scheduled_at = moment(12'000);
  CHECK(life(job) == "waiting 0-100 unknown 100-10000+");
}

TEST_CASE("dependencies hold a job until the last of them finished") {
  Job job = job_in(JobState::completed);
  job.created_at = moment(0);
  job.started_at = moment(900);
  job.finished_at = moment(1'000);
  CHECK(life(job, {false, moment(600)}) == "held 0-600 waiting 600-900 running 900-1000");
  CHECK(life(job, {false, moment(950)}) == "waiting 0-900 running 900-1000");  // started before: it did not wait for it
  job = job_in(JobState::pending);
  job.created_at = moment(0);
  CHECK(life(job) == "waiting 0-10000+");
  CHECK(life(job, {true, std::nullopt}) == "held 0-10000+");
  CHECK(life(job, {false, moment(600)}) == "held 0-600 waiting 600-10000+");
  job.scheduled_at = moment(20'000);
  job.state = JobState::scheduled;
  CHECK(life(job) == "held 0-10000+");
}

TEST_CASE("one known side is a moment, none is nothing, impossible times are unknown") {
  Job job = job_in(JobState::dead);
  CHECK(life(job).empty());
  job.finished_at = moment(50);
  CHECK(life(job) == "unknown 50-50");
  job.created_at = moment(10);
  CHECK(life(job) == "unknown 10-50");
  job.started_at = moment(60);  // finished before it started: two clocks, or an older attempt
  CHECK(life(job) == "waiting 10-60 unknown 60-60");
  job = job_in(JobState::running);
  job.started_at = moment(5);
  job.created_at = moment(90);  // created after it started
  CHECK(life(job) == "running 5-10000+");
  job.created_at = infinite_past;
  job.started_at.reset();
  job.scheduled_at = infinite_future;
  CHECK(life(job).empty());
  job = job_in(JobState::completed);
  job.finished_at = moment(50);
  job.run = Milliseconds(20);
  CHECK(life(job) == "running 30-50");
}

TEST_CASE("estimates mark the parts they touch") {
  Job job = job_in(JobState::completed);
  job.created_at = moment(0);
  job.started_at = moment(500);
  job.finished_at = moment(700);
  job.notes = {{"finished-at-estimated", ""}};
  CHECK(life(job) == "waiting 0-500 running 500-700~");
  job.notes = {{"created-at-estimated", ""}};
  CHECK(life(job) == "waiting 0-500~ running 500-700");
  job.notes = {{"started-at-estimated", ""}};
  CHECK(life(job) == "waiting 0-500~ running 500-700~");
  job.notes = {{"quoted-state", ""}};
  CHECK(life(job) == "waiting 0-500 running 500-700");
}

// Every system: filters by time.
#include <doctest/doctest.h>

#include "tests/conformance/filtering.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("times bound from below inclusively and from above exclusively") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const Job& job : filtering.jobs) {
      if (!job.created_at || *job.created_at == infinite_future || *job.created_at == infinite_past) continue;
      JobFilter since, until;
      since.since = job.created_at;
      until.until = job.created_at;
      filtering.check(since,
                      [&](const Job& other) { return other.created_at && *other.created_at >= *job.created_at; });
      filtering.check(until, [&](const Job& other) { return other.created_at && *other.created_at < *job.created_at; });
    }
  }
}

TEST_CASE("bounds before the year 1 and beyond 9999 are times like others") {
  const std::chrono::sys_days bounds[] = {std::chrono::year(-9999) / 1 / 1,  std::chrono::year(-4713) / 11 / 24,
                                          std::chrono::year(0) / 12 / 31,    std::chrono::year(1) / 1 / 1,
                                          std::chrono::year(10'000) / 1 / 1, std::chrono::year(30'000) / 12 / 31};
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const Timestamp bound : bounds) {
      CAPTURE(bound.time_since_epoch().count());
      JobFilter since, until;
      since.since = bound;
      until.until = bound;
      filtering.check(since, [&](const Job& job) { return job.created_at && *job.created_at >= bound; });
      filtering.check(until, [&](const Job& job) { return job.created_at && *job.created_at < bound; });
    }
  }
}

TEST_CASE("times of ended jobs are about their end, else the last that is known") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    const auto ended = [](const Job& job) {
      return job.finished_at ? job.finished_at : job.started_at ? job.started_at : job.created_at;
    };
    for (const Job& job : filtering.jobs) {
      const std::optional<Timestamp> time = ended(job);
      // What runs now, or is read by how long it has to live, has another start at each look.
      if (!time || !is_finished(job.state) || *time == infinite_future || *time == infinite_past) continue;
      CAPTURE(job.ref.id.raw());
      JobFilter since, until;
      for (JobFilter* filter : {&since, &until}) {
        filter->time_field = TimeField::ended;
        for (const JobState state : all_job_states)
          if (is_finished(state)) filter->states.push_back({state, std::string(to_word(state))});
      }
      since.since = time;
      until.until = time;
      const auto is_called_ended = [&](const Job& other) {
        return std::ranges::any_of(
            all_job_states, [&](JobState state) { return is_finished(state) && filtering.is_called(other, state); });
      };
      filtering.check(since, [&](const Job& other) { return is_called_ended(other) && ended(other) >= time; });
      filtering.check(until,
                      [&](const Job& other) { return is_called_ended(other) && ended(other) && ended(other) < time; });
    }
  }
}

TEST_CASE("jobs that are due: their time has come, or they have none") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    std::set<Timestamp> times{Timestamp{}};
    for (const Job& job : filtering.jobs)
      if (job.scheduled_at) times.insert(*job.scheduled_at);
    for (const Timestamp time : times) {
      JobFilter filter;
      filter.time_field = TimeField::due;
      filter.until = time + std::chrono::microseconds(1);
      filtering.check(filter, [&](const Job& job) { return !job.scheduled_at || *job.scheduled_at <= time; });
    }
  }
}

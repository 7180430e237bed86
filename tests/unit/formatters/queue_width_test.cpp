// No row of the tables about queues, checks and sources is wider than its terminal, whatever names they hold.
#include <doctest/doctest.h>

#include "formatters/error_group_record.hpp"
#include "formatters/health_record.hpp"
#include "formatters/queue_record.hpp"
#include "formatters/queue_show_record.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/source_record.hpp"
#include "formatters/statistics_record.hpp"
#include "formatters/trace_list_record.hpp"
#include "formatters/wait_record.hpp"
#include "tests/unit/formatters/every_width.hpp"
#include "tests/unit/formatters/hard_texts.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

std::vector<QueueStatistics> hard_queues() {
  std::vector<QueueStatistics> queues;
  for (const std::string& text : hard_texts()) {
    QueueStatistics& queue = queues.emplace_back();
    queue.queue = Untrusted(text);
    queue.paused = queues.size() % 3 == 0;
    if (*queue.paused) {
      queue.pause.emplace();
      queue.pause->since = now - std::chrono::hours(100'000);
      queue.pause->by = Untrusted(text);
      queue.pause->reason = Untrusted("because of " + text);
    }
    for (const JobState state : all_job_states) {
      StateStatistics& part = queue.states.emplace_back();
      part.state = state;
      part.count.value = 123'456'789;
      if (queues.size() % 2 == 0) part.count.exactness = Exactness::estimated;
      part.oldest = now - std::chrono::hours(9'999);
    }
    queue.stale = Count{99'999, Exactness::exact};
    queue.completed_per_minute = 12'345.6;
    queue.failed_per_minute = 99'999;
    queue.wait = queue.run =
        Percentiles{9, Milliseconds(1), Milliseconds(86'399'000), Milliseconds(2), Milliseconds(3)};
    queue.coverage = TraceCoverage{3, 1, 1, 0, 1, true};
  }
  return queues;
}

std::string source_of(std::size_t index) {
  return index % 2 == 0 ? "shop" : "files-of-the-other-region/go-redis-work-queue";
}

}  // namespace

TEST_CASE("stats and queue list fit every terminal") {
  std::vector<Record> statistics, queues, states;
  for (const QueueStatistics& queue : hard_queues()) {
    for (const StateStatistics& state : queue.states)
      states.push_back(state_statistics_record(source_of(queues.size()), "hammerwork", queue, state, now));
    Record one = queue_statistics_record(source_of(queues.size()), "hammerwork", queue, now);
    Record other = queue_record(source_of(queues.size()), "hammerwork", queue, now);
    add_table_fields(one, queue, now);
    add_table_fields(other, queue, now);
    statistics.push_back(std::move(one));
    queues.push_back(std::move(other));
  }
  check_widths(
      {"queuetrace.stats/1", "queues", queue_statistics_columns(), Heading::Layout::list, "queue", &statistics_table()},
      statistics);
  check_widths(
      {"queuetrace.stats/1", "queues", queue_statistics_columns(), Heading::Layout::list, "queue", &live_queue_table()},
      statistics);
  check_widths(
      {"queuetrace.states/1", "states", state_statistics_columns(), Heading::Layout::list, "queue", &state_table()},
      states);
  check_widths({"queuetrace.queues/1", "queues", queue_columns(false), Heading::Layout::list, "queue", &queue_table()},
               queues);
}

TEST_CASE("groups of errors and sources that were asked fit every terminal") {
  std::vector<Record> groups, sources;
  ErrorGroup group;
  for (const std::string& text : hard_texts()) {
    group.queues[Untrusted(text)] = 123'456 + group.queues.size();
    group.group = "0123abcd";
    group.count += 123'456;
    group.first_seen = now - std::chrono::hours(9'999);
    group.last_seen = now;
    group.trend = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99'999};
    group.last_error = Untrusted(text);
    groups.push_back(error_group_record(group));
    SourceAnswer answer;
    if (sources.size() % 3 == 0) answer.failure = ErrorKind::unreachable;
    answer.error = "cannot connect to a host with a long name: " + std::string(90, 'h');
    answer.systems = {"go-redis-work-queue", "hammerwork", "solid_queue"};
    answer.may_change = sources.size() % 2 == 0;
    answer.obstacle = "the server takes no changes: it is a standby of another one";
    Source source;
    source.name = source_of(sources.size());
    sources.push_back(source_record(source, SourceUse{true, {}}, answer));
  }
  check_widths(
      {"queuetrace.errors/1", "groups", error_group_columns(), Heading::Layout::list, "group", &error_group_table()},
      groups, 40);
  check_widths(
      {"queuetrace.sources/1", "sources", source_columns(), Heading::Layout::list, "name", &asked_source_table()},
      sources);
}

TEST_CASE("traces and the screen of a queue fit every terminal, whatever their jobs say") {
  std::vector<Record> traces, screens;
  QueueScreen screen;
  screen.source = "shop";
  screen.system = "hammerwork";
  screen.now = now;
  screen.queue = hard_queues().front();
  ErrorGroup group;
  group.group = "0123abcd";
  group.count = 123'456;
  for (const std::string& text : hard_texts()) {
    TraceSummary trace;
    trace.trace_id = Untrusted("7c1e9d54b8a24f0f9e3d6a1b52c8704d");
    trace.states = {{JobState::dead, 12}, {JobState::completed, 345}};
    trace.error = Untrusted(text);
    traces.push_back(trace_list_record(trace));
    group.sample_error = Untrusted(text);
    screen.errors = {group, group};
    screen.last_failure = LastFailure{now, Untrusted(text), Untrusted(text)};
    screen.queue.pause.emplace().reason = Untrusted("because of " + text);
    screen.queue.paused = true;
    screens.push_back(queue_screen_record(screen));
  }
  check_widths(
      {"queuetrace.traces/1", "traces", trace_list_columns(), Heading::Layout::list, "trace_id", &trace_list_table()},
      traces, 40);
  check_widths({"queuetrace.queue/1", "queue", queue_screen_columns(), Heading::Layout::detail}, screens, 60);
}

TEST_CASE("health, wait and source list fit every terminal") {
  std::vector<Record> checks, sources;
  for (const std::string& text : hard_texts()) {
    HealthCheck check;
    check.measure = HealthMeasure::failure_rate;
    check.verdict = checks.size() % 2 == 0 ? HealthVerdict::tripped : HealthVerdict::undecided;
    check.source = source_of(checks.size());
    check.system = "hammerwork";
    check.queue = Untrusted(text);
    check.value = 33.3;
    check.exactness = Exactness::at_least;
    check.limit = 5;
    check.reason = checks.size() % 2 == 0 ? "" : "no finish times are kept here: give --interval";
    checks.push_back(health_record(check, true));
    Source source;
    source.name = source_of(sources.size());
    source.url = Secret("postgresql://reader@" + std::string(80, 'h') + "/" + std::to_string(sources.size()));
    source.system = "go-redis-work-queue";
    source.is_protected = sources.size() % 2 == 0;
    sources.push_back(source_record(source, SourceUse{true, {"everything", "production-of-both-regions"}}));
  }
  check_widths({"queuetrace.health/1", "checks", health_columns(), Heading::Layout::list, "queue", &health_table()},
               checks);
  check_widths({"queuetrace.sources/1", "sources", source_columns(), Heading::Layout::list, "name", &source_table()},
               sources);
  WaitResult result;
  result.condition = "no job with --queue 'customer-data-platform.profile-enrichment.us-east-1' --state dead,failed";
  result.matching = 1'234'567;
  result.state = JobState::retrying;
  result.elapsed = Milliseconds(86'399'000);
  check_widths({"queuetrace.wait/1", "waits", wait_columns(), Heading::Layout::list, "outcome", &wait_table()},
               {wait_record(result)});
}

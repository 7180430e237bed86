#include "formatters/statistics_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array queue_list{
    Column{.field = "source", .heading = "SOURCE"},
    Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
    Column{.field = "total", .heading = "TOTAL", .right = true},
    Column{.field = "total_exactness", .heading = "EXACTNESS"},
    Column{.field = "waiting", .heading = "WAITING", .right = true},
    Column{.field = "running", .heading = "RUNNING", .right = true},
    Column{.field = "failed", .heading = "FAILED", .right = true},
    Column{.field = "oldest_age_ms", .heading = "OLDEST", .right = true},
    Column{.field = "oldest_due_age_ms", .heading = "LONGEST DUE", .where = Where::wide, .right = true},
    Column{.field = "stale", .heading = "STALE", .right = true},
    Column{.field = "stale_exactness", .heading = "STALE EXACTNESS", .where = Where::never},
    Column{.field = "completed_per_minute", .heading = "DONE/MIN", .right = true},
    Column{.field = "failed_per_minute", .heading = "FAILED/MIN", .right = true},
    Column{.field = "wait_p50_ms", .heading = "WAIT P50", .where = Where::wide, .right = true},
    Column{.field = "wait_p95_ms", .heading = "WAIT P95", .right = true},
    Column{.field = "wait_p99_ms", .heading = "WAIT P99", .where = Where::wide, .right = true},
    Column{.field = "wait_max_ms", .heading = "WAIT MAX", .where = Where::wide, .right = true},
    Column{.field = "wait_samples", .heading = "WAIT SAMPLES", .where = Where::never, .right = true},
    Column{.field = "run_p50_ms", .heading = "RUN P50", .where = Where::wide, .right = true},
    Column{.field = "run_p95_ms", .heading = "RUN P95", .right = true},
    Column{.field = "run_p99_ms", .heading = "RUN P99", .where = Where::wide, .right = true},
    Column{.field = "run_max_ms", .heading = "RUN MAX", .where = Where::wide, .right = true},
    Column{.field = "run_samples", .heading = "RUN SAMPLES", .where = Where::never, .right = true},
    Column{.field = "trace_percent", .heading = "TRACED %", .right = true},
    Column{.field = "trace_examined", .heading = "TRACE EXAMINED", .where = Where::never, .right = true},
    Column{.field = "trace_w3c", .heading = "TRACE W3C", .where = Where::never, .right = true},
    Column{.field = "trace_opaque", .heading = "TRACE OPAQUE", .where = Where::never, .right = true},
    Column{.field = "trace_placeholder", .heading = "TRACE PLACEHOLDER", .where = Where::never, .right = true},
    Column{.field = "trace_absent", .heading = "TRACE ABSENT", .where = Where::never, .right = true},
    Column{.field = "trace_sampled", .heading = "TRACE SAMPLED", .where = Where::never},
    Column{.field = "paused", .heading = "PAUSED"},
    Column{.field = "paused_at", .heading = "PAUSED AT", .where = Where::never},
    Column{.field = "paused_by", .heading = "PAUSED BY", .where = Where::never},
    Column{.field = "reason", .heading = "REASON", .where = Where::never, .wraps = true},
    Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
    Column{.field = "states", .heading = "STATES", .where = Where::never, .shrinkable = true},
    Column{.field = "notes", .heading = "NOTES", .where = Where::wide, .shrinkable = true}};

constexpr std::array state_list{Column{.field = "source", .heading = "SOURCE"},
                                Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
                                Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
                                Column{.field = "state", .heading = "STATE"},
                                Column{.field = "count", .heading = "COUNT", .right = true},
                                Column{.field = "count_exactness", .heading = "EXACTNESS"},
                                Column{.field = "oldest_age_ms", .heading = "OLDEST", .right = true},
                                Column{.field = "oldest_at", .heading = "OLDEST AT", .where = Where::wide},
                                Column{.field = "newest_at", .heading = "NEWEST AT", .where = Where::wide}};

Value number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

/// Milliseconds since `moment`, unknown for the ends of time.
Value age(const std::optional<Timestamp>& moment, const std::optional<Timestamp>& now) {
  if (!moment || !now || *moment == infinite_past || *moment == infinite_future) return {};
  std::int64_t distance = 0;
  if (__builtin_sub_overflow(now->time_since_epoch().count(), moment->time_since_epoch().count(), &distance)) return {};
  return Milliseconds(std::max<std::int64_t>(0, distance / 1000));  // the clock that wrote it may be a little ahead
}

Fields state_fields(const StateStatistics& state, const std::optional<Timestamp>& now) {
  return {{"state", std::string(to_word(state.state))},
          {"count", number(state.count.value)},
          {"count_exactness", std::string(to_word(state.count.exactness))},
          {"oldest_at", known_or_nothing(state.oldest)},
          {"oldest_age_ms", age(state.oldest, now)},
          {"newest_at", known_or_nothing(state.newest)}};
}

void add_percentiles(Record& record, const std::string& prefix, const std::optional<Percentiles>& values) {
  const auto add = [&](const char* name, Value value) {
    record.push_back({prefix + name, values ? std::move(value) : Value()});
  };
  const Percentiles known = values.value_or(Percentiles{});
  add("_samples", number(known.samples));
  add("_p50_ms", known.p50);
  add("_p95_ms", known.p95);
  add("_p99_ms", known.p99);
  add("_max_ms", known.maximum);
}

void add_coverage(Record& record, const std::optional<TraceCoverage>& coverage) {
  const auto add = [&](const char* name, Value value) {
    record.push_back({name, coverage ? std::move(value) : Value()});
  };
  const TraceCoverage known = coverage.value_or(TraceCoverage{});
  add("trace_examined", number(known.examined));
  add("trace_w3c", number(known.w3c));
  add("trace_opaque", number(known.opaque));
  add("trace_placeholder", number(known.placeholder));
  add("trace_absent", number(known.absent));
  add("trace_sampled", known.sampled);
  const auto traced = static_cast<double>(known.w3c);  // what a viewer can open
  add("trace_percent",
      known.examined == 0 ? Value() : Value(std::round(traced * 1000 / static_cast<double>(known.examined)) / 10));
}

}  // namespace

Count sum_of_states(const QueueStatistics& queue, std::initializer_list<JobState> wanted) {
  Count total;
  Exactness least = Exactness::exact;
  for (const StateStatistics& state : queue.states) {
    least = std::max(least, state.count.exactness);
    if (wanted.size() > 0 && std::find(wanted.begin(), wanted.end(), state.state) == wanted.end()) continue;
    total.value += state.count.value;
    total.exactness = std::max(total.exactness, state.count.exactness);
  }
  if (total.value == 0) total.exactness = least;
  return total;
}

Count failed_jobs(const QueueStatistics& queue) { return sum_of_states(queue, {JobState::failed, JobState::dead}); }

Value oldest_age(const QueueStatistics& queue, const std::optional<Timestamp>& now) {
  std::optional<Timestamp> oldest;
  for (const StateStatistics& state : queue.states) {
    const bool waits =
        !is_finished(state.state) && state.state != JobState::running && state.state != JobState::unknown;
    if (waits && state.oldest && (!oldest || *state.oldest < *oldest)) oldest = state.oldest;
  }
  return age(oldest, now);
}

Value oldest_due_age(const QueueStatistics& queue, const std::optional<Timestamp>& now) {
  std::optional<Timestamp> first;
  for (const StateStatistics& state : queue.states)
    if ((state.state == JobState::pending || state.state == JobState::retrying) && state.due && now &&
        *state.due <= *now && (!first || *state.due < *first))
      first = state.due;
  return age(first, now);
}

Count waiting_jobs(const QueueStatistics& queue) {
  return sum_of_states(queue, {JobState::pending, JobState::scheduled, JobState::blocked, JobState::retrying});
}

std::string_view to_word(Exactness exactness) {
  switch (exactness) {
    case Exactness::exact: return "exact";
    case Exactness::at_least: return "at_least";
    case Exactness::estimated: return "estimated";
  }
  return "";
}

Record queue_statistics_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                               const std::optional<Timestamp>& now) {
  const Count total = sum_of_states(queue, {});
  const QueuePause pause = queue.pause.value_or(QueuePause{});
  Values states;
  for (const StateStatistics& state : queue.states) states.emplace_back(state_fields(state, now));
  Record record{{"source", source},
                {"system", system},
                {"queue", queue.queue},
                {"paused", known_or_nothing(queue.paused)},
                {"paused_at", known_or_nothing(pause.since)},
                {"paused_by", known_or_nothing(pause.by)},
                {"reason", known_or_nothing(pause.reason)},
                {"total", number(total.value)},
                {"total_exactness", std::string(to_word(total.exactness))},
                {"waiting", number(waiting_jobs(queue).value)},
                {"running", number(sum_of_states(queue, {JobState::running}).value)},
                {"failed", number(failed_jobs(queue).value)},
                {"oldest_age_ms", oldest_age(queue, now)},
                {"oldest_due_age_ms", oldest_due_age(queue, now)},
                {"stale", queue.stale ? number(queue.stale->value) : Value()},
                {"stale_exactness", queue.stale ? Value(std::string(to_word(queue.stale->exactness))) : Value()},
                {"completed_per_minute", known_or_nothing(queue.completed_per_minute)},
                {"failed_per_minute", known_or_nothing(queue.failed_per_minute)}};
  add_percentiles(record, "wait", queue.wait);
  add_percentiles(record, "run", queue.run);
  add_coverage(record, queue.coverage);
  record.push_back({"states", std::move(states)});
  record.push_back({"notes", queue.notes.empty() ? Value() : Value(Values(queue.notes.begin(), queue.notes.end()))});
  return record;
}

std::span<const Column> queue_statistics_columns() { return queue_list; }

Record state_statistics_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                               const StateStatistics& state, const std::optional<Timestamp>& now) {
  Record record{{"source", source}, {"system", system}, {"queue", queue.queue}};
  for (Field& field : state_fields(state, now)) record.push_back(std::move(field));
  return record;
}

std::span<const Column> state_statistics_columns() { return state_list; }

}  // namespace queuetrace

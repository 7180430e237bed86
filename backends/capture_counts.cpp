#include "backends/capture_counts.hpp"

#include <algorithm>
#include <array>

#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_groups = 4'096;

/// The time of a job that is planned, where it can be true: any but the zero values of programs.
std::optional<Timestamp> planned(const std::optional<Timestamp>& time) {
  return time && *time >= earliest_plausible ? time : std::nullopt;
}

void take_earlier(std::optional<Timestamp>& place, const std::optional<Timestamp>& time) {
  if (time && (!place || *time < *place)) place = time;
}

SqliteValue value_of(const std::optional<Timestamp>& time) {
  return time ? SqliteValue(std::int64_t{time->time_since_epoch().count()}) : SqliteValue();
}

}  // namespace

CaptureCounts::CaptureCounts(SqliteWriter& writer, Timestamp now) : writer_(writer), now_(now) {
  writer_.execute(
      "CREATE TEMP TABLE counted (queue TEXT, state TEXT, stale INTEGER, number INTEGER, oldest INTEGER, newest "
      "INTEGER, timed INTEGER, due INTEGER, due_again INTEGER, untimed INTEGER, untimed_again INTEGER)");
}

void CaptureCounts::add(const Job& job, bool is_stale) {
  Group& group = groups_[{job.queue ? std::optional(job.queue->raw()) : std::nullopt, job.state, is_stale}];
  const std::optional<Timestamp> past = plausible_past(job.created_at, now_), later = planned(job.scheduled_at);
  ++group.number;
  if (job.finished_at) ++group.timed;
  take_earlier(group.oldest, past);
  if (past && (!group.newest || *past > *group.newest)) group.newest = past;
  take_earlier(group.due, plausible_due(job.created_at, job.scheduled_at, now_));
  take_earlier(group.due_again, later);
  if ((job.created_at || job.scheduled_at) && !past && !later) ++group.untimed;
  if (job.scheduled_at && !later) ++group.untimed_again;
  if (groups_.size() >= most_groups) put_aside();
}

void CaptureCounts::put_aside() {
  for (const auto& [key, group] : groups_) {
    const auto& [queue, state, is_stale] = key;
    const std::array<SqliteValue, 11> values{queue ? SqliteValue(std::string_view(*queue)) : SqliteValue(),
                                             to_word(state),
                                             std::int64_t{is_stale ? 1 : 0},
                                             group.number,
                                             value_of(group.oldest),
                                             value_of(group.newest),
                                             group.timed,
                                             value_of(group.due),
                                             value_of(group.due_again),
                                             group.untimed,
                                             group.untimed_again};
    writer_.run("INSERT INTO temp.counted VALUES (?,?,?,?,?,?,?,?,?,?,?)", values.data(), values.size());
  }
  groups_.clear();
}

void CaptureCounts::finish() {
  put_aside();
  writer_.execute(
      "INSERT INTO counts SELECT queue, state, stale, sum(number), min(oldest), max(newest), sum(timed), min(due), "
      "min(due_again), sum(untimed), sum(untimed_again) FROM temp.counted GROUP BY queue, state, stale");
}

}  // namespace queuetrace

#include "formatters/queue_record.hpp"

#include <algorithm>
#include <array>

#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

// A queue's name is what `queue pause` takes, and who paused it is whom to ask: neither is cut.
constexpr std::array overview{
    Column{.field = "source", .heading = "SOURCE"},
    Column{.field = "queue", .heading = "QUEUE"},
    Column{.field = "waiting", .heading = "WAITING", .right = true},
    Column{.field = "running", .heading = "RUNNING", .right = true},
    Column{.field = "failed", .heading = "FAILED", .where = Where::wide, .right = true},
    Column{.field = "dead", .heading = "DEAD", .right = true},
    Column{.field = "oldest_age_ms", .heading = "OLDEST", .where = Where::wide, .right = true},
    Column{.field = "oldest_due_age_ms", .heading = "LONGEST DUE", .where = Where::wide, .right = true},
    Column{.field = "counts_exactness", .heading = "EXACTNESS"},
    Column{.field = "waiting_exactness", .heading = "WAITING EXACTNESS", .where = Where::never},
    Column{.field = "running_exactness", .heading = "RUNNING EXACTNESS", .where = Where::never},
    Column{.field = "dead_exactness", .heading = "DEAD EXACTNESS", .where = Where::never},
    Column{.field = "paused", .heading = "PAUSED"},
    Column{.field = "paused_at", .heading = "SINCE"},
    Column{.field = "paused_by", .heading = "BY", .where = Where::wide},
    Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
    Column{.field = "notes", .heading = "NOTES", .where = Where::never, .shrinkable = true},
    Column{.field = "reason", .heading = "REASON", .where = Where::wide, .wraps = true}};

/// Where every queue is paused, that it is so says nothing; who did it and why are worth the room.
constexpr auto make_columns_of_paused() {
  auto columns = overview;
  for (Column& column : columns) {
    if (column.field == "paused" || column.field == "running" || column.field == "dead") column.where = Where::wide;
    if (column.field == "paused_by" || column.field == "reason") column.where = Where::table;
  }
  return columns;
}

constexpr auto of_paused = make_columns_of_paused();

void add_count(Record& record, const std::string& name, const Count& count) {
  record.push_back({name, static_cast<std::int64_t>(count.value)});
  record.push_back({name + "_exactness", std::string(to_word(count.exactness))});
}

}  // namespace

Record queue_record(const std::string& source, const std::string& system, const QueueStatistics& queue,
                    const std::optional<Timestamp>& now) {
  Record record{{"source", source}, {"system", system}, {"queue", queue.queue}};
  const Count waiting = waiting_jobs(queue);
  const Count running = sum_of_states(queue, {JobState::running});
  const Count dead = sum_of_states(queue, {JobState::dead});
  add_count(record, "waiting", waiting);
  add_count(record, "running", running);
  record.push_back({"failed", static_cast<std::int64_t>(failed_jobs(queue).value)});
  add_count(record, "dead", dead);
  record.push_back({"oldest_age_ms", oldest_age(queue, now)});
  record.push_back({"oldest_due_age_ms", oldest_due_age(queue, now)});
  const Exactness least = std::max({waiting.exactness, running.exactness, dead.exactness});
  record.push_back({"counts_exactness", std::string(to_word(least))});
  const QueuePause pause = queue.pause.value_or(QueuePause{});
  record.push_back({"paused", known_or_nothing(queue.paused)});
  record.push_back({"paused_at", known_or_nothing(pause.since)});
  record.push_back({"paused_by", known_or_nothing(pause.by)});
  record.push_back({"reason", known_or_nothing(pause.reason)});
  record.push_back({"notes", queue.notes.empty() ? Value() : Value(Values(queue.notes.begin(), queue.notes.end()))});
  return record;
}

std::span<const Column> queue_columns(bool only_paused) {
  if (only_paused) return of_paused;
  return overview;
}

}  // namespace queuetrace

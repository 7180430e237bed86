#include "formatters/queue_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formatters/cell.hpp"
#include "formatters/lasting.hpp"
#include "formatters/record.hpp"
#include "formatters/sparkline.hpp"
#include "formatters/statistics_record.hpp"
#include "model/age.hpp"
#include "model/queue_verdict.hpp"

namespace queuetrace {
namespace {

std::string text_of(const Record& record, std::string_view field, CellText& cells) {
  const Value* value = find_value(record, field);
  return value == nullptr ? std::string() : cells.line({std::string(field), *value});
}

template <class Type>
const Type* get(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  return value == nullptr ? nullptr : std::get_if<Type>(value);
}

bool is_paused(const Record& record) {
  const bool* paused = get<bool>(record, "paused");
  return paused != nullptr && *paused;
}

/// `paused 3h49m`
std::string pause_of(const Record& record, CellText& cells) {
  const Timestamp* since = get<Timestamp>(record, "paused_at");
  const std::string lasting = since == nullptr ? "" : lasting_text(*since, cells);
  return lasting.empty() ? "paused" : "paused " + lasting;
}

DerivedText oldest(const Record& record, CellText&) {
  const Milliseconds* age = get<Milliseconds>(record, "oldest_age_ms");
  return {age == nullptr ? std::string() : to_age(*age)};
}

DerivedText per_hour(const Record& record, std::string_view field) {
  const double* rate = get<double>(record, field);
  return {rate == nullptr ? std::string() : std::to_string(std::llround(*rate * 60))};
}
DerivedText done_per_hour(const Record& record, CellText&) { return per_hour(record, "completed_per_minute"); }
DerivedText failed_per_hour(const Record& record, CellText&) { return per_hour(record, "failed_per_minute"); }

DerivedText traced(const Record& record, CellText&) {
  const double* percent = get<double>(record, "trace_percent");
  return {percent == nullptr ? std::string() : std::to_string(std::llround(*percent)) + "%"};
}

/// Whether due jobs wait for long and no worker was seen to take one.
bool is_without_worker(const Record& record, CellText& cells) {
  const Milliseconds* due_for = get<Milliseconds>(record, "oldest_due_age_ms");
  if (due_for == nullptr || is_paused(record)) return false;
  const auto count = [&](std::string_view field) {
    const auto* jobs = get<std::int64_t>(record, field);
    return jobs == nullptr ? 0 : static_cast<std::uint64_t>(*jobs);
  };
  const double* done = get<double>(record, "completed_per_minute");
  return is_stuck(*due_for, count("running"), count("stale"), done != nullptr && *done > 0, cells.ages().warn);
}

/// `paused 3h, no worker, 9 stale, at least`
DerivedText status(const Record& record, CellText& cells) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (is_paused(record)) add(short_pause_text(get<Timestamp>(record, "paused_at"), cells));
  if (is_without_worker(record, cells)) add("no worker");
  if (const auto* stale = get<std::int64_t>(record, "stale"); stale != nullptr && *stale > 0)
    add(std::to_string(*stale) + " stale");
  if (const auto* exactness = get<std::string>(record, "total_exactness"); exactness != nullptr)
    if (*exactness != to_word(Exactness::exact)) add(*exactness == "at_least" ? "at least" : *exactness);
  return {text};
}

/// `paused 3h49m by maria@example.com: partner API is down`
DerivedText pause_line(const Record& record, CellText& cells) {
  if (!is_paused(record)) return {};
  std::string text = pause_of(record, cells);
  if (const std::string by = text_of(record, "paused_by", cells); !by.empty()) text += " by " + by;
  if (const std::string reason = text_of(record, "reason", cells); !reason.empty()) text += ": " + reason;
  return {text};
}

constexpr TableColumn source_column{
    .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .drop = 9, .differs = true};

constexpr std::array statistics_columns{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    source_column,
    TableColumn{.field = "waiting", .heading = "WAIT", .right = true},
    TableColumn{
        .field = "oldest_age_ms", .heading = "OLDEST", .right = true, .attention = Attention::oldest, .text = oldest},
    TableColumn{.field = "running", .heading = "RUN", .right = true},
    TableColumn{.field = "failed", .heading = "FAILED", .right = true, .attention = Attention::failures},
    TableColumn{.field = "completed_per_minute", .heading = "DONE/h", .right = true, .drop = 4, .text = done_per_hour},
    TableColumn{.field = "failed_per_minute",
                .heading = "FAIL/h",
                .right = true,
                .drop = 5,
                .attention = Attention::failures,
                .text = failed_per_hour},
    TableColumn{.field = "wait_p95_ms", .heading = "WAIT p95", .right = true, .drop = 2},
    TableColumn{.field = "run_p95_ms", .heading = "RUN p95", .right = true, .drop = 3},
    TableColumn{.field = "trace_percent", .heading = "TRACED", .right = true, .drop = 1, .text = traced},
    TableColumn{.field = "status",
                .heading = "STATUS",
                .kind = CellKind::text,
                .least = 24,
                .attention = Attention::doubts,
                .text = status}};

/// `+2` jobs more than a look before.
DerivedText change(const Record& record, CellText&) {
  const auto* jobs = get<std::int64_t>(record, "waiting_change");
  return {jobs == nullptr ? std::string() : (*jobs > 0 ? "+" : "") + std::to_string(*jobs)};
}

/// How many waited in each of the last minutes.
DerivedText depths(const Record& record, CellText& cells) {
  const auto* minutes = get<Values>(record, "waiting_history");
  if (minutes == nullptr) return {};
  std::vector<std::optional<std::uint64_t>> counts;
  for (const Value& minute : *minutes) {
    const auto* jobs = std::get_if<std::int64_t>(&minute);
    counts.push_back(jobs == nullptr ? std::nullopt : std::optional(static_cast<std::uint64_t>(*jobs)));
  }
  return {sparkline(counts, cells.is_ascii())};
}

/// `0.6` jobs a minute: what is looked at every two seconds is counted by the minute.
DerivedText done_per_minute(const Record& record, CellText&) {
  const double* rate = get<double>(record, "completed_per_minute");
  return {rate == nullptr ? std::string() : fmt::format("{:.1f}", *rate)};
}

constexpr std::array live_columns{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    source_column,
    TableColumn{.field = "waiting", .heading = "WAIT", .right = true},
    TableColumn{.field = "waiting_change", .heading = "+/-", .right = true, .drop = 3, .text = change},
    TableColumn{
        .field = "oldest_age_ms", .heading = "OLDEST", .right = true, .attention = Attention::oldest, .text = oldest},
    TableColumn{.field = "running", .heading = "RUN", .right = true},
    TableColumn{.field = "failed", .heading = "FAILED", .right = true, .attention = Attention::failures},
    TableColumn{
        .field = "completed_per_minute", .heading = "DONE/m", .right = true, .drop = 2, .text = done_per_minute},
    TableColumn{.field = "waiting_history", .heading = "LAST 10 MIN", .drop = 1, .from_width = 100, .text = depths},
    TableColumn{.field = "status",
                .heading = "STATUS",
                .kind = CellKind::text,
                .least = 24,
                .attention = Attention::doubts,
                .text = status}};

constexpr std::array queue_columns{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    source_column,
    TableColumn{.field = "waiting", .heading = "WAITING", .right = true},
    TableColumn{
        .field = "oldest_age_ms", .heading = "OLDEST", .right = true, .attention = Attention::oldest, .text = oldest},
    TableColumn{.field = "running", .heading = "RUNNING", .right = true},
    TableColumn{.field = "failed", .heading = "FAILED", .right = true, .attention = Attention::failures},
    TableColumn{.field = "counts_exactness", .heading = "COUNTS", .drop = 1, .nothing = "exact"},
    TableColumn{.field = "reason",
                .heading = {},
                .kind = CellKind::message,
                .attention = Attention::doubts,
                .text = pause_line}};

constexpr std::array state_columns{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    source_column,
    TableColumn{.field = "state", .heading = "STATE", .attention = Attention::state},
    TableColumn{.field = "count", .heading = "COUNT", .right = true},
    TableColumn{.field = "count_exactness", .heading = "EXACTNESS", .drop = 1, .nothing = "exact"},
    TableColumn{.field = "oldest_age_ms", .heading = "OLDEST", .right = true, .text = oldest}};

constexpr TableView of_states{state_columns};
constexpr TableView of_statistics{statistics_columns};
constexpr TableView of_live_queues{live_columns};
constexpr TableView of_queues{queue_columns};

}  // namespace

const TableView& statistics_table() { return of_statistics; }

const TableView& live_queue_table() { return of_live_queues; }

const TableView& state_table() { return of_states; }

const TableView& queue_table() { return of_queues; }

void add_table_fields(Record& record, const QueueStatistics& queue, const std::optional<Timestamp>& now) {
  const auto add = [&record](std::string name, Value value) {
    if (find_value(record, name) == nullptr) record.push_back({std::move(name), std::move(value)});
  };
  const QueuePause pause = queue.pause.value_or(QueuePause{});
  add("failed", static_cast<std::int64_t>(failed_jobs(queue).value));
  add("oldest_age_ms", oldest_age(queue, now));
  add("paused_at", known_or_nothing(pause.since));
  add("paused_by", known_or_nothing(pause.by));
  add("reason", known_or_nothing(pause.reason));
}

}  // namespace queuetrace

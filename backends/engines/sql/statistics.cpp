// Counts, ages, rates, durations and tracing coverage per queue: one pass over the rows for everything but the coverage
// (state_counts.cpp), one over the pauses, and, where there is a window, one of a bounded number of rows for the
// coverage: the newest where an index yields them or the table is small, else those that were stored last. Of a system
// that logs what happens, what happened in the window is found through the log (activity.cpp).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/error.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

/// Jobs whose trace ids are classified.
constexpr std::size_t coverage_sample = 10'000;

/// How many blocks at the end of a table are looked at for them, and the fewest blocks of a table of which that is
/// done.
constexpr std::uint64_t last_blocks = 1'024, large_table = 4 * last_blocks;

constexpr std::size_t most_pauses = 10'000;

}  // namespace

void SqlJobStore::follow_activity(const StatisticsQuery& query, Statistics& out) {
  if (activity() == nullptr || !out.now) return;
  const BoundRelation& live = system_.relations.front();
  recent_activity_ = activity_since(*out.now - query.window, query.limits);
  if (live.field(SqlField::finished_at).empty()) return;
  Parameters parameters;
  const std::string since = window_start(system_, out.now, query.window, parameters);
  const std::string keys = fmt::format("{} AS queue, {} AS state", queue_text(system_, live), live.states.number());
  const std::string more =
      fmt::format("{} AND {} >= {}", in_window(parameters), live.field(SqlField::finished_at), since);
  const std::string text =
      fmt::format("SELECT count(*), queue, state FROM (SELECT {} FROM {} j{}{}) r GROUP BY queue, state", keys,
                  live.table, live.joins_for(keys + more), where_rows(system_, 0, query.queues, parameters, more));
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    QueueStatistics& queue = queue_entry(out, std::string(rows->cell(row, 1).value_or("")));
    if (!queue.completed_per_minute) queue.completed_per_minute = queue.failed_per_minute = 0.0;
    const JobState state = state_at(0, rows->cell(row, 2));
    const double rate = static_cast<double>(number_at(*rows, row, 0)) / minutes_of(query.window);
    if (state == JobState::completed) *queue.completed_per_minute += rate;
    if (state == JobState::failed || state == JobState::dead) *queue.failed_per_minute += rate;
  }
}

void SqlJobStore::measure(const StatisticsQuery& query, Statistics& out, bool waits) {
  const std::optional<SampledTime> time = sampled_time(system_, 0, waits);
  if (activity() == nullptr || !time) return;
  const BoundRelation& live = system_.relations.front();
  Parameters parameters;
  std::string more = fmt::format("{} >= {}", time->until, window_start(system_, out.now, query.window, parameters)) +
                     " AND " + in_window(parameters);
  if (!time->valid.empty()) more += fmt::format(" AND ({})", time->valid);
  const std::string text = percentiles_of(fmt::format(
      "SELECT {} AS queue, {} AS ms, 1 AS number FROM {} j{}{}", queue_text(system_, live), time->milliseconds,
      live.table, live.joins_for(time->milliseconds + more), where_rows(system_, 0, query.queues, parameters, more)));
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    QueueStatistics& queue = queue_entry(out, std::string(rows->cell(row, 0).value_or("")));
    (waits ? queue.wait : queue.run) = percentiles_at(*rows, row, 1);
  }
}

std::optional<std::string> SqlJobStore::place_of_last_rows(const SqlStatement& newest, const ReadLimits& limits) {
  const BoundRelation& live = system_.relations.front();
  if (live.heap_version < first_heap_version) return std::nullopt;
  const std::unique_ptr<SqlResult> size =
      run({fmt::format("SELECT pg_relation_size({}::regclass) / current_setting('block_size')::bigint",
                       quoted_literal(system_.flavour, live.table)),
           {}},
          limits);
  const std::uint64_t blocks = number_at(*size, 0, 0);
  if (blocks < large_table) return std::nullopt;
  if (!reads_all(*run({"EXPLAIN " + newest.text, newest.parameters}, limits))) return std::nullopt;
  return fmt::format("j.ctid >= '{}'::tid", HeapPlace{blocks - last_blocks, 0}.text());
}

void SqlJobStore::cover(const StatisticsQuery& query, Statistics& out) {
  const BoundRelation& live = system_.relations.front();
  if (!live.carriers.empty()) return cover_carried(query, out);
  const std::string& trace = live.field(SqlField::trace_id);
  if (trace.empty()) return;
  std::string order;
  for (const SqlOrderKey& key : system_.newest.empty() ? system_.system->storage : system_.newest)
    order += fmt::format("{}{}{}", order.empty() ? "" : ", ", key.expression, key.descending ? " DESC" : "");
  const std::string& status_field = live.field(SqlField::trace_status);
  const std::string told =
      status_field.empty() ? std::string(null_text(system_.flavour)) : as_text(system_.flavour, status_field);
  const auto rows_where = [&](const std::string& place, const std::string& sorted) {
    Parameters parameters;
    const std::string condition = where_rows(system_, 0, query.queues, parameters, place);
    return SqlStatement{fmt::format("SELECT {}, {}, {} FROM {} j{}{}{} LIMIT {}", queue_text(system_, live),
                                    as_text(system_.flavour, trace), told, live.table,
                                    live.joins_for(trace + told + sorted), condition, sorted, coverage_sample + 1),
                        parameters.take()};
  };
  SqlStatement statement = rows_where("", " ORDER BY " + order);
  const std::optional<std::string> place = place_of_last_rows(statement, query.limits);
  if (place) statement = rows_where(*place, "");
  const std::unique_ptr<SqlResult> rows = run(statement, query.limits);
  const bool sampled = place || rows->rows() > coverage_sample;
  for (std::size_t row = 0; row < std::min(rows->rows(), coverage_sample); ++row) {
    QueueStatistics& queue = queue_entry(out, std::string(rows->cell(row, 0).value_or("")));
    if (!queue.coverage) {
      queue.coverage.emplace();
      queue.coverage->sampled = sampled;
    }
    const std::string_view stored = rows->cell(row, 1).value_or("");
    queue.coverage->count(trace_status(stored, rows->cell(row, 2), system_.system->placeholders));
  }
}

void SqlJobStore::add_paused(const StatisticsQuery& query, Statistics& out) {
  for (const SqlPause& pause : system_.system->pauses) {
    if (!system_.meets(pause.needs)) continue;
    Parameters parameters;
    const std::string queue = as_text(system_.flavour, pause.queue);
    const auto column = [&](std::string_view expression) {
      return or_null(std::string(expression), null_text(system_.flavour));
    };
    std::string text = fmt::format("SELECT {}, {}, {}, {} FROM {}", queue, column(pause.since), column(pause.by),
                                   column(pause.reason), system_.expand(pause.from));
    if (!query.queues.empty()) text += " WHERE " + queue_condition(system_.flavour, queue, query.queues, parameters);
    text += fmt::format(" LIMIT {}", most_pauses + 1);
    const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
    const bool all = rows->rows() <= most_pauses;
    if (!all) out.truncated = fmt::format("only the first {} pauses were read", most_pauses);
    for (QueueStatistics& one : out.queues)
      if (all && !one.paused) one.paused = false;
    for (std::size_t row = 0; row < std::min(rows->rows(), most_pauses); ++row) {
      QueueStatistics& one = queue_entry(out, std::string(rows->cell(row, 0).value_or("")));
      one.paused = true;
      QueuePause& facts = one.pause.emplace();
      if (const auto since = rows->cell(row, 1)) facts.since = read_time(system_.flavour, *since);
      if (const auto by = rows->cell(row, 2)) facts.by = Untrusted(std::string(*by));
      if (const auto reason = rows->cell(row, 3)) facts.reason = Untrusted(std::string(*reason));
    }
  }
}

bool SqlJobStore::count_or_estimate(const StatisticsQuery& query, Statistics& out) {
  StatisticsQuery counting = query;
  using std::chrono::steady_clock;
  // Something must be told within the time that was given: a fifth of it is kept for that.
  if (query.limits.deadline != steady_clock::time_point::max())
    counting.limits.deadline -=
        std::max(steady_clock::duration::zero(), query.limits.deadline - steady_clock::now()) / 5;
  try {
    count_states(counting, out);
    return true;
  } catch (Error& error) {
    if (!is_time_out(error)) throw;
    error.with_hint("give a longer --timeout, or lift the bound with --full; or the tables are locked");
    try {
      if (!estimate_states(query, out)) throw error;
    } catch (const Error& other) {
      if (!is_time_out(other)) throw;
      throw error;
    }
  }
  out.truncated =
      "the server stopped counting after its time-out: numbers marked as estimates are those of its planner, and small "
      "queues may be missing; rates, times and coverage are not measured. --full, or a longer --timeout, counts all";
  std::ranges::sort(out.queues, {}, [](const QueueStatistics& queue) { return queue.queue; });
  for (QueueStatistics& queue : out.queues) std::ranges::sort(queue.states, {}, &StateStatistics::state);
  return false;
}

Statistics SqlJobStore::statistics(const StatisticsQuery& query) {
  Statistics out;
  const std::unique_ptr<SqlResult> clock =
      run({fmt::format("SELECT {}", current_time(system_.flavour)), {}}, query.limits);
  out.now = read_time(system_.flavour, clock->cell(0, 0).value_or(""));
  if (query.only_coverage) {
    cover(query, out);
    return out;
  }
  if (!count_or_estimate(query, out)) return out;
  // A queue that has a table to itself is there without jobs, too.
  for (const std::string& name : queues_with_tables())
    if (query.queues.empty() ||
        std::ranges::any_of(query.queues, [&](const std::string& glob) { return matches_glob(glob, name); }))
      queue_entry(out, name);
  const bool in_full = query.window.count() > 0;
  // The counts stand even where the rest takes too long; the pauses take the least.
  try {
    add_paused(query, out);
    if (in_full) {
      follow_activity(query, out);
      measure(query, out, true);
      measure(query, out, false);
      cover(query, out);
    }
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    out.truncated = fmt::format(
        "the server stopped a statement after its time-out: {}",
        in_full ? "some of rates, times, coverage and pauses are missing" : "which queues are paused is not known");
  }
  for (QueueStatistics& queue : out.queues) {
    std::ranges::sort(queue.states, {}, &StateStatistics::state);
    if (!system_.system->statistics_note.empty()) queue.notes.emplace_back(system_.system->statistics_note);
    for (std::size_t i = 1; i < system_.relations.size(); ++i)
      queue.notes.push_back(
          fmt::format("rows of the {} table are included, each job once", system_.relations[i].description->name));
  }
  std::ranges::sort(out.queues, {}, [](const QueueStatistics& queue) { return queue.queue; });
  return out;
}

}  // namespace queuetrace

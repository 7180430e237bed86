// Counts, ages, rates, durations and tracing coverage per queue: one pass over the rows for the counts, one over the
// pauses, and, where there is a window, one each for waits and runs inside it and one over the newest rows for the
// coverage.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/error.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

/// Jobs whose trace ids are classified; the newest ones.
constexpr std::size_t coverage_sample = 10'000;

constexpr std::size_t most_pauses = 10'000;

std::uint64_t number(const SqlResult& rows, std::size_t row, std::size_t column) {
  const std::string text(rows.cell(row, column).value_or("0"));
  return text.empty() ? 0 : std::strtoull(text.c_str(), nullptr, 10);
}

QueueStatistics& entry(Statistics& out, const std::string& queue) {
  const auto found = std::ranges::find_if(out.queues, [&](const QueueStatistics& q) { return q.queue.raw() == queue; });
  if (found != out.queues.end()) return *found;
  out.queues.emplace_back().queue = Untrusted(queue);
  return out.queues.back();
}

std::string queue_text(const BoundSystem& system, const BoundRelation& relation) {
  const std::string& queue = relation.field(SqlField::queue);
  return queue.empty() ? "''" : as_text(system.flavour, queue);
}

/// The WHERE clause of one relation: the asked queues, no doubles, and `more` (may be empty).
std::string where(const BoundSystem& system, std::size_t index, const std::vector<std::string>& queues,
                  Parameters& parameters, const std::string& more = {}) {
  const BoundRelation& relation = system.relations[index];
  std::vector<std::string> terms;
  if (!queues.empty() && !relation.field(SqlField::queue).empty())
    terms.push_back(queue_condition(system.flavour, relation.field(SqlField::queue), queues, parameters));
  if (const std::string once = without_doubles(system, index); !once.empty()) terms.push_back(once);
  if (!more.empty()) terms.push_back(more);
  return terms.empty() ? "" : fmt::format(" WHERE {}", fmt::join(terms, " AND "));
}

std::string state_case(const BoundRelation& relation) {
  std::string out;
  for (const BoundState& rule : relation.states) {
    if (rule.predicate.empty()) {
      out += fmt::format(" ELSE '{}'", to_word(rule.state));
      return out == fmt::format(" ELSE '{}'", to_word(rule.state)) ? fmt::format("'{}'", to_word(rule.state))
                                                                   : fmt::format("CASE{} END", out);
    }
    out += fmt::format(" WHEN {} THEN '{}'", rule.predicate, to_word(rule.state));
  }
  return out.empty() ? "'unknown'" : fmt::format("CASE{} ELSE 'unknown' END", out);
}

std::string or_null(const std::string& expression, std::string_view null) {
  return expression.empty() ? std::string(null) : expression;
}

/// The later of two times; that one of them that is known where the other is NULL.
std::string later(SqlFlavour flavour, std::string_view left, std::string_view right) {
  if (flavour == SqlFlavour::postgresql) return fmt::format("greatest({}, {})", left, right);
  return fmt::format("max(coalesce({0}, {1}), coalesce({1}, {0}))", left, right);
}

/// The moment the window began, as a bound time.
std::string window_start(const BoundSystem& system, std::optional<Timestamp> now, Milliseconds window,
                         Parameters& parameters) {
  const Timestamp end = now.value_or(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  return cast_to(system.flavour, SqlType::time, parameters.add(time_value(system.flavour, end - window)));
}

}  // namespace

void SqlJobStore::count_states(const StatisticsQuery& query, Statistics& out) {
  const SqlFlavour flavour = system_.flavour;
  const std::string null_time = cast_to(flavour, SqlType::time, "NULL");
  std::string stale = "0";
  for (const SqlNoteRule& rule : system_.system->stale)
    if (stale == "0" && system_.meets(rule.needs))
      stale = fmt::format("CASE WHEN {} THEN 1 ELSE 0 END", system_.expand(rule.predicate));
  Parameters parameters;
  const std::string since = window_start(system_, out.now, query.window, parameters);
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system_.relations.size(); ++i) {
    const BoundRelation& relation = system_.relations[i];
    // Where times come from a log they are told of the first and last job, and rates by follow_activity().
    const bool logged = i == 0 && activity() != nullptr;
    const std::string list =
        fmt::format("{} AS queue, {} AS state, {} AS created, {} AS scheduled, {} AS finished, {} AS stale, {} AS id",
                    queue_text(system_, relation), state_case(relation),
                    logged ? null_time : or_null(relation.field(SqlField::created_at), null_time),
                    or_null(relation.field(SqlField::scheduled_at), null_time),
                    logged ? null_time : or_null(relation.field(SqlField::finished_at), null_time),
                    i == 0 ? stale : "0", logged ? std::string(system_.system->id_expression) : std::string("NULL"));
    std::string arm = fmt::format("SELECT {} FROM {} j{}{}", list, relation.table, relation.joins_for(list),
                                  where(system_, i, query.queues, parameters));
    // Kept apart from the grouping: the planner would take states that look at other tables for as many groups as rows.
    if (logged) arm = fmt::format("({} OFFSET 0)", arm);
    arms.push_back(std::move(arm));
  }
  std::string text = fmt::format(
      "SELECT queue, state, count(*) AS number, min(created) AS oldest, max(created) AS newest, "
      "count(CASE WHEN finished >= {} THEN 1 END) AS finished, sum(stale) AS stale, count(finished) AS timed, "
      "min(CASE WHEN state = 'retrying' THEN scheduled ELSE {} END) AS due{} FROM ({}) r GROUP BY queue, state",
      since, later(flavour, "created", "scheduled"),
      activity() != nullptr ? ", min(id) AS first, max(id) AS last, min(CASE WHEN scheduled IS NULL THEN id END) AS "
                              "unscheduled"
                            : "",
      fmt::join(arms, " UNION ALL "));
  if (activity() != nullptr) {
    const BoundRelation& live = system_.relations.front();
    const std::string& created = live.field(SqlField::created_at);
    const auto created_of = [&](std::string_view which) {
      return fmt::format("(SELECT {} FROM {} j{} WHERE {} = c.{})", or_null(created, null_time), live.table,
                         live.joins_for(created), system_.system->id_expression, which);
    };
    text = fmt::format(
        "SELECT queue, state, number, least(oldest, {0}), greatest(newest, {1}), finished, stale, timed, CASE WHEN "
        "state = 'retrying' THEN due ELSE least(due, {2}) END FROM ({3}) c",
        created_of("first"), created_of("last"), created_of("unscheduled"), text);
  }
  text += " ORDER BY 1, 2";
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  const double minutes = std::max(1.0 / 60'000, static_cast<double>(query.window.count()) / 60'000);
  const bool times = capabilities().times && query.window.count() > 0;
  std::set<Untrusted> failures_untimed;  // there are failures, and none of them says when
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    QueueStatistics& queue = entry(out, std::string(rows->cell(row, 0).value_or("")));
    StateStatistics state;
    state.state = parse_job_state(rows->cell(row, 1).value_or("")).value_or(JobState::unknown);
    state.count.value = number(*rows, row, 2);
    if (const auto time = rows->cell(row, 3)) state.oldest = read_time(flavour, *time);
    if (const auto time = rows->cell(row, 4)) state.newest = read_time(flavour, *time);
    if (const auto time = rows->cell(row, 8)) state.due = read_time(flavour, *time);
    const double rate = static_cast<double>(number(*rows, row, 5)) / minutes;
    if (times) {
      if (!queue.completed_per_minute) queue.completed_per_minute = queue.failed_per_minute = 0.0;
      if (state.state == JobState::completed) *queue.completed_per_minute += rate;
      const bool failed = state.state == JobState::failed || state.state == JobState::dead;
      if (failed && activity() == nullptr && number(*rows, row, 7) == 0)
        failures_untimed.insert(queue.queue);
      else if (failed)
        *queue.failed_per_minute += rate;
    }
    if (stale != "0") {
      if (!queue.stale) queue.stale = Count{};
      queue.stale->value += number(*rows, row, 6);
    }
    queue.states.push_back(state);
  }
  for (QueueStatistics& queue : out.queues)
    if (failures_untimed.contains(queue.queue)) queue.failed_per_minute.reset();
}

void SqlJobStore::follow_activity(const StatisticsQuery& query, Statistics& out) {
  if (activity() == nullptr || !out.now) return;
  const BoundRelation& live = system_.relations.front();
  recent_activity_ = activity_since(*out.now - query.window, query.limits);
  if (live.field(SqlField::finished_at).empty()) return;
  Parameters parameters;
  const std::string since = window_start(system_, out.now, query.window, parameters);
  const std::string state = state_case(live);
  const std::string more =
      fmt::format("{} AND {} >= {}", in_window(parameters), live.field(SqlField::finished_at), since);
  const std::string text =
      fmt::format("SELECT {}, {}, count(*) FROM {} j{}{} GROUP BY 1, 2", queue_text(system_, live), state, live.table,
                  live.joins_for(state + more), where(system_, 0, query.queues, parameters, more));
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  const double minutes = std::max(1.0 / 60'000, static_cast<double>(query.window.count()) / 60'000);
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    QueueStatistics& queue = entry(out, std::string(rows->cell(row, 0).value_or("")));
    if (!queue.completed_per_minute) queue.completed_per_minute = queue.failed_per_minute = 0.0;
    const std::string_view word = rows->cell(row, 1).value_or("");
    const double rate = static_cast<double>(number(*rows, row, 2)) / minutes;
    if (word == to_word(JobState::completed)) *queue.completed_per_minute += rate;
    if (word == to_word(JobState::failed) || word == to_word(JobState::dead)) *queue.failed_per_minute += rate;
  }
}

void SqlJobStore::measure(const StatisticsQuery& query, Statistics& out, bool waits) {
  Parameters parameters;
  const std::string since = window_start(system_, out.now, query.window, parameters);
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system_.relations.size(); ++i) {
    const BoundRelation& relation = system_.relations[i];
    const std::optional<BoundTiming>& timing = waits ? relation.wait : relation.run;
    const std::string& field = waits ? relation.field(SqlField::started_at) : relation.field(SqlField::finished_at);
    // A run may last until now, so only finished ones count; a wait ends where its rule says.
    const std::string& until = waits && timing ? timing->until : field;
    std::string milliseconds;
    std::string more;
    if (timing && !until.empty()) {
      milliseconds = milliseconds_between(system_.flavour, timing->from, timing->until);
      more = fmt::format("{} >= {}", until, since);
      if (i == 0 && activity() != nullptr) more += " AND " + in_window(parameters);
      if (!timing->valid.empty()) more += fmt::format(" AND ({})", timing->valid);
    } else if (const std::string& stored = relation.field(waits ? SqlField::wait_ms : SqlField::run_ms);
               !stored.empty() && !until.empty()) {
      milliseconds = stored;
      more = fmt::format("{} >= {}", until, since);
    } else {
      continue;
    }
    arms.push_back(fmt::format("SELECT {} AS queue, {} AS ms FROM {} j{}{}", queue_text(system_, relation),
                               milliseconds, relation.table, relation.joins_for(milliseconds + more),
                               where(system_, i, query.queues, parameters, more)));
  }
  if (arms.empty()) return;
  // Nearest rank: the smallest value that at least p percent of the samples do not exceed.
  const std::string text = fmt::format(
      "SELECT queue, count(*), min(CASE WHEN place * 100 >= total * 50 THEN ms END), "
      "min(CASE WHEN place * 100 >= total * 95 THEN ms END), min(CASE WHEN place * 100 >= total * 99 THEN ms END), "
      "max(ms) FROM (SELECT queue, ms, row_number() OVER (PARTITION BY queue ORDER BY ms) AS place, "
      "count(*) OVER (PARTITION BY queue) AS total FROM ({}) r WHERE ms >= 0) s GROUP BY queue",
      fmt::join(arms, " UNION ALL "));
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto ms = [&](std::size_t column) { return Milliseconds(number(*rows, row, column)); };
    QueueStatistics& queue = entry(out, std::string(rows->cell(row, 0).value_or("")));
    (waits ? queue.wait : queue.run) = Percentiles{number(*rows, row, 1), ms(2), ms(3), ms(4), ms(5)};
  }
}

void SqlJobStore::cover(const StatisticsQuery& query, Statistics& out) {
  const BoundRelation& live = system_.relations.front();
  if (system_.carrier) return cover_carried(query, out);
  const std::string& trace = live.field(SqlField::trace_id);
  if (trace.empty()) return;
  std::string order;
  for (const SqlOrderKey& key : system_.system->newest.empty() ? system_.system->storage : system_.system->newest)
    order += fmt::format("{}{}{}", order.empty() ? "" : ", ", key.expression, key.descending ? " DESC" : "");
  Parameters parameters;
  const std::string condition = where(system_, 0, query.queues, parameters);
  const std::string& status_field = live.field(SqlField::trace_status);
  const std::string told =
      status_field.empty() ? std::string(null_text(system_.flavour)) : as_text(system_.flavour, status_field);
  const std::string text = fmt::format("SELECT {}, {}, {} FROM {} j{}{} ORDER BY {} LIMIT {}",
                                       queue_text(system_, live), as_text(system_.flavour, trace), told, live.table,
                                       live.joins_for(trace + told + order), condition, order, coverage_sample + 1);
  const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
  const bool sampled = rows->rows() > coverage_sample;
  for (std::size_t row = 0; row < std::min(rows->rows(), coverage_sample); ++row) {
    QueueStatistics& queue = entry(out, std::string(rows->cell(row, 0).value_or("")));
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
      QueueStatistics& one = entry(out, std::string(rows->cell(row, 0).value_or("")));
      one.paused = true;
      QueuePause& facts = one.pause.emplace();
      if (const auto since = rows->cell(row, 1)) facts.since = read_time(system_.flavour, *since);
      if (const auto by = rows->cell(row, 2)) facts.by = Untrusted(std::string(*by));
      if (const auto reason = rows->cell(row, 3)) facts.reason = Untrusted(std::string(*reason));
    }
  }
}

Statistics SqlJobStore::statistics(const StatisticsQuery& query) {
  Statistics out;
  const std::unique_ptr<SqlResult> clock =
      run({fmt::format("SELECT {}", current_time(system_.flavour)), {}}, query.limits);
  out.now = read_time(system_.flavour, clock->cell(0, 0).value_or(""));
  count_states(query, out);
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

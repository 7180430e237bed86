// Statistics of systems that log what happens to jobs (SqlActivityLog) or keep trace context in a document
// (SqlCarrier): where the window begins in the log, and which contexts the newest jobs carry.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"

namespace queuetrace {
namespace {

/// Jobs whose contexts are classified; the newest ones. Each is read and parsed, so fewer than where ids are columns.
constexpr std::size_t coverage_sample = 2'000;

/// Keys are given out before their rows are visible: rows this far below the boundary may belong behind it.
constexpr std::int64_t key_margin = 1'000;

std::optional<std::int64_t> integer(const SqlResult& rows, std::size_t column) {
  const std::string_view text = rows.rows() == 0 ? "" : rows.cell(0, column).value_or("");
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && !text.empty() ? std::optional(value) : std::nullopt;
}

}  // namespace

const SqlActivityLog* SqlJobStore::activity() const {
  const SqlActivityLog* log = system_.system->activity;
  return log != nullptr && system_.meets(log->needs) ? log : nullptr;
}

std::string SqlJobStore::activity_since(Timestamp since, const ReadLimits& limits) {
  const SqlActivityLog& log = *activity();
  const std::string table = system_.expand(log.table);
  const std::unique_ptr<SqlResult> ends =
      run({fmt::format("SELECT min({0}), max({0}) FROM {1} v", log.key, table), {}}, limits);
  std::int64_t low = integer(*ends, 0).value_or(0);
  std::int64_t high = integer(*ends, 1).value_or(0) + 1;
  // Behind a probe the first row that counts decides; there may be gaps of any size between keys.
  const std::string probe = fmt::format(
      "SELECT {0}, CASE WHEN {1} >= {2} THEN 1 ELSE 0 END FROM {3} v WHERE {0} >= {4} AND {5} ORDER BY {0} LIMIT 1",
      log.key, log.time, cast_to(system_.flavour, SqlType::time, "$2"), table,
      cast_to(system_.flavour, SqlType::integer, "$1"), log.counted);
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const std::unique_ptr<SqlResult> row =
        run({probe, {std::to_string(middle), time_value(system_.flavour, since)}}, limits);
    const std::optional<std::int64_t> key = integer(*row, 0);
    if (key && integer(*row, 1).value_or(1) == 0)
      low = *key + 1;
    else
      high = middle;
  }
  return std::to_string(low - key_margin);
}

std::string SqlJobStore::in_window(Parameters& parameters) const {
  const SqlActivityLog& log = *activity();
  return fmt::format("{} IN (SELECT {} FROM {} v WHERE {} >= {} AND {})", system_.system->id_expression, log.job,
                     system_.expand(log.table), log.key,
                     cast_to(system_.flavour, SqlType::integer, parameters.add(recent_activity_)), log.counted);
}

void SqlJobStore::cover_carried(const StatisticsQuery& query, Statistics& out) {
  JobQuery newest;
  newest.filter.queues = query.queues;
  newest.page_size = coverage_sample;
  newest.limits = query.limits;
  const Page page = list(newest);
  for (const Job& job : page.jobs) {
    const Untrusted name = job.queue.value_or(Untrusted());
    auto queue = std::ranges::find(out.queues, name, &QueueStatistics::queue);
    if (queue == out.queues.end() && !query.only_coverage) continue;  // came after the counts
    if (queue == out.queues.end()) {
      queue = out.queues.emplace(queue);
      queue->queue = name;
    }
    if (!queue->coverage) {
      queue->coverage.emplace();
      queue->coverage->sampled = page.next.has_value();
    }
    queue->coverage->count(job.trace.status);
  }
}

}  // namespace queuetrace

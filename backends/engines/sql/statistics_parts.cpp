#include "backends/engines/sql/statistics_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {

std::uint64_t number_at(const SqlResult& rows, std::size_t row, std::size_t column) {
  const std::string text(rows.cell(row, column).value_or("0"));
  return text.empty() ? 0 : std::strtoull(text.c_str(), nullptr, 10);
}

QueueStatistics& queue_entry(Statistics& out, const std::string& queue) {
  const auto found = std::ranges::find_if(out.queues, [&](const QueueStatistics& q) { return q.queue.raw() == queue; });
  if (found != out.queues.end()) return *found;
  out.queues.emplace_back().queue = Untrusted(queue);
  return out.queues.back();
}

std::string queue_text(const BoundSystem& system, const BoundRelation& relation) {
  const std::string& queue = relation.field(SqlField::queue);
  return queue.empty() ? "''" : as_text(system.flavour, queue);
}

std::string where_rows(const BoundSystem& system, std::size_t index, const std::vector<std::string>& queues,
                       Parameters& parameters, const std::string& more) {
  const BoundRelation& relation = system.relations[index];
  std::vector<std::string> terms;
  if (!queues.empty() && !relation.field(SqlField::queue).empty())
    terms.push_back(queue_condition(system.flavour, relation.field(SqlField::queue), queues, parameters));
  if (const std::string once = without_doubles(system, index); !once.empty()) terms.push_back(once);
  if (!more.empty()) terms.push_back(more);
  return terms.empty() ? "" : fmt::format(" WHERE {}", fmt::join(terms, " AND "));
}

std::string or_null(const std::string& expression, std::string_view null) {
  return expression.empty() ? std::string(null) : expression;
}

std::string window_start(const BoundSystem& system, std::optional<Timestamp> now, Milliseconds window,
                         Parameters& parameters) {
  const Timestamp end = now.value_or(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  return cast_to(system.flavour, SqlType::time, parameters.add(time_value(system.flavour, end - window)));
}

std::string percentiles_of(const std::string& samples) {
  return fmt::format(
      "SELECT queue, sum(number) AS samples, min(CASE WHEN place * 100 >= total * 50 THEN ms END) AS p50, min(CASE "
      "WHEN "
      "place * 100 >= total * 95 THEN ms END) AS p95, min(CASE WHEN place * 100 >= total * 99 THEN ms END) AS p99, "
      "max(ms) AS maximum FROM (SELECT queue, ms, number, sum(number) OVER (PARTITION BY queue ORDER BY ms) AS place, "
      "sum(number) OVER (PARTITION BY queue) AS total FROM ({}) r WHERE ms BETWEEN 0 AND {}) s GROUP BY "
      "queue",
      samples, longest_plausible.count());
}

Percentiles percentiles_at(const SqlResult& rows, std::size_t row, std::size_t column) {
  const auto ms = [&](std::size_t place) { return Milliseconds(number_at(rows, row, column + place)); };
  return {number_at(rows, row, column), ms(1), ms(2), ms(3), ms(4)};
}

std::optional<SampledTime> sampled_time(const BoundSystem& system, std::size_t index, bool waits) {
  const BoundRelation& relation = system.relations[index];
  const std::optional<BoundTiming>& timing = waits ? relation.wait : relation.run;
  const std::string& field = waits ? relation.field(SqlField::started_at) : relation.field(SqlField::finished_at);
  // A run may last until now, so only finished ones count; a wait ends where its rule says.
  const std::string& until = waits && timing ? timing->until : field;
  if (until.empty()) return std::nullopt;
  if (timing)
    return SampledTime{until, milliseconds_between(system.flavour, timing->from, timing->until), timing->valid};
  const std::string& stored = relation.field(waits ? SqlField::wait_ms : SqlField::run_ms);
  if (stored.empty()) return std::nullopt;
  return SampledTime{until, stored, ""};
}

double minutes_of(Milliseconds window) { return std::max(1.0 / 60'000, static_cast<double>(window.count()) / 60'000); }

}  // namespace queuetrace

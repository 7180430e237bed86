// What the statements of statistics have in common: how rows of a relation are chosen, and where their numbers go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/connection.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// A cell as a whole number; 0 where it is NULL.
std::uint64_t number_at(const SqlResult& rows, std::size_t row, std::size_t column);

/// The queue's numbers, made when it has none yet.
QueueStatistics& queue_entry(Statistics& out, const std::string& queue);

/// The queue of a row as text; empty text where there are no queues.
std::string queue_text(const BoundSystem& system, const BoundRelation& relation);

/// The WHERE clause of one relation: the asked queues, no doubles, and `more` (may be empty).
std::string where_rows(const BoundSystem& system, std::size_t relation, const std::vector<std::string>& queues,
                       Parameters& parameters, const std::string& more = {});

std::string or_null(const std::string& expression, std::string_view null);

/// The moment the window began, as a bound time.
std::string window_start(const BoundSystem& system, std::optional<Timestamp> now, Milliseconds window,
                         Parameters& parameters);

/// A SELECT of queue, samples, p50, p95, p99 and maximum of `samples`, a SELECT of queue, ms and number, how often that
/// was; those below 0 and NULL do not count. Nearest rank: the smallest value that at least p percent do not exceed.
std::string percentiles_of(const std::string& samples);
/// The columns behind the queue, from `column` on.
Percentiles percentiles_at(const SqlResult& rows, std::size_t row, std::size_t column);

/// How long a job waited or ran: milliseconds over a time that ended at `until`, where `valid` holds (empty: always).
struct SampledTime {
  std::string until, milliseconds, valid;
};

/// Absent: the relation tells no such time.
std::optional<SampledTime> sampled_time(const BoundSystem& system, std::size_t relation, bool waits);

/// Windows in minutes, for rates; never 0.
double minutes_of(Milliseconds window);

}  // namespace queuetrace

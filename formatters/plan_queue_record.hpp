// What a plan does in one queue, as a record for the table in a plan and for its closing fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "formatters/formatter.hpp"
#include "formatters/table_view.hpp"
#include "model/time.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

struct PlanQueue {
  const Untrusted& queue;
  std::uint64_t jobs = 0;
  std::optional<Timestamp> first_end, last_end;                    ///< of its jobs that say when they ended
  std::optional<std::pair<Untrusted, std::uint64_t>> usual_error;  ///< as `job errors` folds it, and of how many jobs
};

/// Fields: queue, jobs, first_ended_at, last_ended_at, usual_error, usual_error_jobs; null where it is absent.
Record plan_queue_record(const PlanQueue& queue);
/// A last row for the queues that have none of their own: `22 more queues`, in our words.
Record plan_rest_record(const std::string& words, std::uint64_t jobs);

std::span<const Column> plan_queue_columns();
/// QUEUE, JOBS, SINCE (`40m to 3h`), MOST OF THEM SAY (`1 of 4: timeout` where it is not most of them).
const TableView& plan_queue_table();

}  // namespace queuetrace

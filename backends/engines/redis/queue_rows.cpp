#include "backends/engines/redis/queue_rows.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace queuetrace {
namespace {

/// Counts of the same thing in two containers.
Count sum(const Count& a, const Count& b) { return {a.value + b.value, std::max(a.exactness, b.exactness)}; }

template <typename Value, typename Better>
void keep(std::optional<Value>& one, const std::optional<Value>& other, Better better) {
  if (other && (!one || better(*other, *one))) one = other;
}

void merge_state(std::vector<StateStatistics>& states, const StateStatistics& more) {
  const auto place = [](JobState state) { return std::ranges::find(all_job_states, state); };
  const auto at = std::ranges::find_if(states, [&](const auto& one) { return place(one.state) >= place(more.state); });
  if (at == states.end() || at->state != more.state) {
    states.insert(at, more);
    return;
  }
  at->count = sum(at->count, more.count);
  keep(at->oldest, more.oldest, std::less());
  keep(at->newest, more.newest, std::greater());
  keep(at->due, more.due, std::less());
  at->untimed += more.untimed;
}

}  // namespace

QueueStatistics* find_row(std::vector<QueueStatistics>& rows, std::string_view queue) {
  const auto row = std::ranges::find_if(rows, [&](const auto& one) { return one.queue.raw() == queue; });
  return row == rows.end() ? nullptr : &*row;
}

QueueStatistics& row_of(std::vector<QueueStatistics>& rows, std::string_view queue) {
  if (QueueStatistics* row = find_row(rows, queue)) return *row;
  rows.emplace_back();
  rows.back().queue = Untrusted(std::string(queue));
  return rows.back();
}

void merge_row(std::vector<QueueStatistics>& rows, QueueStatistics more) {
  QueueStatistics& row = row_of(rows, more.queue.raw());
  for (const StateStatistics& state : more.states) merge_state(row.states, state);
  if (more.stale) row.stale = row.stale ? sum(*row.stale, *more.stale) : *more.stale;
  for (auto rate : {&QueueStatistics::completed_per_minute, &QueueStatistics::failed_per_minute})
    if (more.*rate) row.*rate = (row.*rate).value_or(0) + *(more.*rate);
  // Percentiles of two containers cannot be put together: those of more jobs stay.
  for (auto times : {&QueueStatistics::wait, &QueueStatistics::run})
    if (more.*times && (!(row.*times) || (more.*times)->samples > (row.*times)->samples)) row.*times = more.*times;
  if (more.coverage && row.coverage) {
    for (auto number : {&TraceCoverage::examined, &TraceCoverage::w3c, &TraceCoverage::opaque,
                        &TraceCoverage::placeholder, &TraceCoverage::absent})
      *row.coverage.*number += *more.coverage.*number;
    row.coverage->sampled = row.coverage->sampled || more.coverage->sampled;
  } else if (more.coverage) {
    row.coverage = more.coverage;
  }
  for (std::string& note : more.notes)
    if (std::ranges::find(row.notes, note) == row.notes.end()) row.notes.push_back(std::move(note));
}

}  // namespace queuetrace

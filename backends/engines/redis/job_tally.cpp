#include "backends/engines/redis/job_tally.hpp"

#include <algorithm>

#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

std::optional<Percentiles> percentiles(std::vector<Milliseconds> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  // Nearest rank: the smallest value that at least so many percent do not exceed; the sql engine counts the same way.
  const auto at = [&](std::size_t percent) { return values[(values.size() * percent + 99) / 100 - 1]; };
  return Percentiles{values.size(), at(50), at(95), at(99), values.back()};
}

}  // namespace

void Seen::add(const Job& job, Timestamp now) {
  ++count;
  add_times(job, now);
}

void Seen::add_times(const Job& job, Timestamp now) {
  const std::optional<Timestamp> counts = job.state == JobState::retrying ? std::nullopt : job.created_at;
  const std::optional<Timestamp> came_due = plausible_due(counts, job.scheduled_at, now);
  if (came_due && (!due || *came_due < *due)) due = came_due;
  if (!came_due && (counts || job.scheduled_at)) ++untimed;
  const std::optional<Timestamp> created = plausible_past(job.created_at, now);
  if (!created) return;
  if (!oldest || *created < *oldest) oldest = created;
  if (!newest || *created > *newest) newest = created;
}

std::vector<StateStatistics> in_order(const std::map<JobState, Seen>& seen, std::uint64_t examined,
                                      std::uint64_t length) {
  std::vector<StateStatistics> states;
  std::uint64_t left = length;  // so that the estimates of all states make the length
  for (const JobState state : all_job_states) {
    const auto found = seen.find(state);
    if (found == seen.end()) continue;
    const Seen& one = found->second;
    Count count{one.count, Exactness::exact};
    if (examined < length) {
      // A list that holds one kind only has an exact length; a mixture is estimated from what was seen.
      const bool last = std::next(found) == seen.end();
      count.value = last ? left : std::min(left, one.count * length / std::max<std::uint64_t>(1, examined));
      left -= count.value;
      count.exactness = Exactness::estimated;
    }
    states.push_back({state, count, one.oldest, one.newest, one.due, one.untimed});
  }
  return states;
}

bool is_stale(const Job& job, std::span<const std::string_view> stale_notes) {
  return std::ranges::any_of(job.notes,
                             [&](const Note& note) { return std::ranges::count(stale_notes, note.code) > 0; });
}

void JobTally::add(const Job& job, bool trace_known) {
  Row& row = rows_[job.queue ? job.queue->raw() : std::string()];
  row.states[job.state].add(job, now_);
  row.stale += is_stale(job, stale_notes_);
  if (trace_known)
    row.coverage.count(job.trace.status);
  else
    ++row.not_covered;
  if (!job.finished_at || *job.finished_at <= now_ - window_ || *job.finished_at > now_) return;
  row.completed += job.state == JobState::completed;
  row.failed += job.state == JobState::failed || job.state == JobState::dead;
  if (job.wait) row.waits.push_back(*job.wait);
  if (job.run) row.runs.push_back(*job.run);
}

std::vector<QueueStatistics> JobTally::rows(bool complete) const {
  std::vector<QueueStatistics> result;
  const double minutes = static_cast<double>(window_.count()) / 60'000.0;
  for (const auto& [name, row] : rows_) {
    QueueStatistics statistics;
    statistics.queue = Untrusted(name);
    statistics.states = in_order(row.states, 1, 1);
    const Exactness exactness = complete ? Exactness::exact : Exactness::at_least;
    for (StateStatistics& state : statistics.states) state.count.exactness = exactness;
    if (row.states.contains(JobState::running)) statistics.stale = Count{row.stale, exactness};
    // Of a part of the jobs no rate can be told.
    if (complete && minutes > 0) {
      statistics.completed_per_minute = static_cast<double>(row.completed) / minutes;
      statistics.failed_per_minute = static_cast<double>(row.failed) / minutes;
    }
    statistics.wait = percentiles(row.waits);
    statistics.run = percentiles(row.runs);
    if (row.coverage.examined > 0) {
      statistics.coverage = row.coverage;
      statistics.coverage->sampled = row.not_covered > 0 || !complete;
    }
    result.push_back(std::move(statistics));
  }
  return result;
}

}  // namespace queuetrace

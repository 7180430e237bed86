// Counts, ages, rates and tracing coverage from list lengths and bounded reads.
#include <algorithm>
#include <map>
#include <thread>

#include "backends/kv/list_walker.hpp"
#include "backends/kv/redis_job_store.hpp"
#include "backends/redis/reply_error.hpp"

namespace queuetrace {
namespace {

/// Entries of one list that are decoded for a statistic; with more the numbers are estimates.
constexpr std::uint64_t most_examined = 20'000;

void count_trace(TraceCoverage& coverage, const Job& job) {
  ++coverage.examined;
  switch (job.trace.status) {
    case TraceStatus::w3c: ++coverage.w3c; return;
    case TraceStatus::opaque: ++coverage.opaque; return;
    case TraceStatus::placeholder: ++coverage.placeholder; return;
    case TraceStatus::absent: ++coverage.absent; return;
  }
}

struct Seen {
  std::uint64_t count = 0;
  std::optional<Timestamp> oldest, newest;

  void add(const Job& job) {
    ++count;
    if (!job.created_at) return;
    if (!oldest || *job.created_at < *oldest) oldest = job.created_at;
    if (!newest || *job.created_at > *newest) newest = job.created_at;
  }
};

/// States in the order of all_job_states; `share` of the list was seen (1: all of it).
std::vector<StateStatistics> in_order(const std::map<JobState, Seen>& seen, std::uint64_t examined,
                                      std::uint64_t length) {
  std::vector<StateStatistics> states;
  for (const JobState state : all_job_states) {
    const auto found = seen.find(state);
    if (found == seen.end()) continue;
    const Seen& one = found->second;
    Count count{one.count, Exactness::exact};
    if (examined < length) {
      // A list that holds one kind only has an exact length; a mixture is estimated from what was seen.
      count.value = seen.size() == 1 ? length : one.count * length / std::max<std::uint64_t>(1, examined);
      count.exactness = Exactness::estimated;
    }
    states.push_back({state, count, one.oldest, one.newest});
  }
  return states;
}

}  // namespace

/// The newest entries of the list up to a bound, and its oldest one, by state.
QueueStatistics RedisJobStore::list_statistics(const OpenList& list, const DecodeContext& context,
                                               const ReadLimits& limits) {
  QueueStatistics statistics;
  statistics.queue = Untrusted(list.key);
  TraceCoverage coverage;
  std::map<JobState, Seen> seen;
  ListProgress progress;
  progress.key = list.key;
  progress.length = list.length;
  ListWalker walker(*connection_, *list.place, progress);
  std::uint64_t examined = 0;
  while (examined < most_examined && !walker.finished() && std::chrono::steady_clock::now() < limits.deadline &&
         !limits.stop.stop_requested()) {
    if (!walker.request(largest_window)) break;
    walker.receive();
    const ListWindow window = walker.take();
    for (std::size_t i = 0; i < window.entries.size(); ++i) {
      const Job job = decode({*list.place, list.key, window.indexes[i], window.entries[i], {}}, context);
      seen[job.state].add(job);
      count_trace(coverage, job);
      ++examined;
    }
  }
  if (examined < list.length) {
    coverage.sampled = true;
    const std::string oldest = list.place->newest == ListEnd::head ? "-1" : "0";
    const Reply reply = connection_->ask({"LINDEX", list.key, oldest}, "read the oldest job");
    if (reply.is(Reply::Type::string)) {
      const Job job = decode({*list.place, list.key, 0, reply.text(), {}}, context);
      Seen& one = seen[job.state];
      if (job.created_at && (!one.oldest || *job.created_at < *one.oldest)) one.oldest = job.created_at;
      if (one.count == 0) one.count = 1;
    }
    statistics.notes.push_back("times and tracing from the newest " + std::to_string(examined) + " of " +
                               std::to_string(list.length) + " jobs");
  }
  statistics.states = in_order(seen, examined, list.length);
  // A list for one state is counted exactly by its length.
  if (examined < list.length && list.place->states.size() == 1 && statistics.states.size() == 1)
    statistics.states.front().count = {list.length, Exactness::exact};
  if (coverage.examined > 0) statistics.coverage = coverage;
  return statistics;
}

void RedisJobStore::add_running(Statistics& statistics, const std::vector<Job>& running) const {
  std::map<std::string, std::map<JobState, Seen>> by_queue;
  std::map<std::string, std::uint64_t> stale;
  for (const Job& job : running) {
    const std::string queue = job.queue ? job.queue->raw() : std::string();
    by_queue[queue][job.state].add(job);
    if (std::any_of(job.notes.begin(), job.notes.end(),
                    [](const Note& note) { return note.code == "orphaned" || note.code == "stranded"; }))
      ++stale[queue];
  }
  for (const auto& [name, seen] : by_queue) {
    auto row = std::find_if(statistics.queues.begin(), statistics.queues.end(),
                            [&name = name](const QueueStatistics& queue) { return queue.queue.raw() == name; });
    if (row == statistics.queues.end()) {
      statistics.queues.emplace_back();
      row = statistics.queues.end() - 1;
      row->queue = Untrusted(name);
    }
    for (StateStatistics& state : in_order(seen, 1, 1)) row->states.push_back(std::move(state));
    if (const auto found = stale.find(name); found != stale.end()) row->stale = Count{found->second, Exactness::exact};
    row->notes.push_back("running jobs are put to the queue their priority names");
  }
}

/// Jobs that reached append-only lists during the interval.
void RedisJobStore::add_rates(Statistics& statistics, const OpenLists& lists, Milliseconds interval) {
  std::vector<RedisCommand> commands;
  for (const OpenList& list : lists.lists) commands.push_back({"LLEN", list.key});
  const std::vector<Reply> before = connection_->pipeline(commands);
  std::this_thread::sleep_for(interval);
  const std::vector<Reply> replies = connection_->pipeline(commands);
  const double minutes = static_cast<double>(interval.count()) / 60'000.0;
  for (std::size_t i = 0; i < lists.lists.size(); ++i) {
    const OpenList& list = lists.lists[i];
    const bool completed = list.place->role == PlaceRole::completed;
    if (!list.place->append_only || (!completed && list.place->role != PlaceRole::dead)) continue;
    for (QueueStatistics& row : statistics.queues) {
      if (row.queue.raw() != list.key || !replies[i].is(Reply::Type::integer)) continue;
      const double added = static_cast<double>(replies[i].integer()) - static_cast<double>(before[i].integer());
      if (added < 0)
        row.notes.push_back("the list was emptied during the interval: no rate");
      else
        (completed ? row.completed_per_minute : row.failed_per_minute) = added / minutes;
    }
  }
}

Statistics RedisJobStore::statistics(const StatisticsQuery& query) {
  Statistics statistics;
  const DecodeContext context{deployment_, server_time(), false};
  statistics.now = context.now;
  std::vector<const Place*> places;
  for (const Place& place : deployment_.places) places.push_back(&place);
  const OpenLists open = open_lists(query.limits, places);
  statistics.warnings = open.warnings;
  for (const OpenList& list : open.lists) {
    if (list.place->role == PlaceRole::running) continue;
    QueueStatistics row = list_statistics(list, context, query.limits);
    if (!list.place->consumed) row.notes.push_back("no worker takes from this queue");
    statistics.queues.push_back(std::move(row));
  }
  add_running(statistics, running_jobs(open, context));
  std::erase_if(statistics.queues, [&](const QueueStatistics& row) {
    for (const Place& place : deployment_.places)
      if (!place.family && place.key == row.queue.raw()) return !wants_queue(query.queues, place, place.key);
    return !query.queues.empty() &&
           std::none_of(query.queues.begin(), query.queues.end(),
                        [&](const std::string& glob) { return matches_glob(glob, row.queue.raw()); });
  });
  if (query.interval && query.interval->count() > 0) add_rates(statistics, open, *query.interval);
  if (!open.complete) statistics.truncated = "not all keys were looked at: running jobs may be missing";
  return statistics;
}

}  // namespace queuetrace

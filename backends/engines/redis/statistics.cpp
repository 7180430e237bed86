// Counts, ages, rates and tracing coverage from list lengths and bounded reads.
#include <algorithm>
#include <map>
#include <thread>

#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/job_tally.hpp"
#include "backends/engines/redis/scan_walker.hpp"

namespace queuetrace {
namespace {

/// Entries of one list that are decoded for a statistic; with more the numbers are estimates.
constexpr std::uint64_t most_examined = 20'000;

/// Records read whole for the coverage of tracing, which payloads may tell.
constexpr std::uint64_t most_covered = 5'000;

bool may_go_on(const ReadLimits& limits) {
  return std::chrono::steady_clock::now() < limits.deadline && !limits.stop.stop_requested();
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
  const std::unique_ptr<Walker> walker = make_walker(*connection_, system_, *list.place, progress);
  const JobFilter anything;
  EntryReader reader(*this, anything, context, EntryReader::Depth::whole);
  std::uint64_t examined = 0;
  while (examined < most_examined && may_go_on(limits) && walker->request(largest_window)) {
    walker->receive();
    const Window window = walker->take();
    for (const MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs) {
      seen[found.job.state].add(found.job);
      coverage.count(found.job.trace.status);
    }
    examined += window.elements.size();
  }
  if (examined < list.length) {
    coverage.sampled = true;
    if (list.place->container == Container::list) {
      const std::string oldest = list.place->newest == ListEnd::head ? "-1" : "0";
      const Reply reply = connection_->ask({"LINDEX", list.key, oldest}, "read the oldest job");
      Window window;
      if (reply.is(Reply::Type::string)) window.elements.push_back({reply.text()});
      for (const MatchedEntry& found : reader.read(list, window, 1).jobs) {
        Seen& one = seen[found.job.state];
        one.add_times(found.job);
        if (one.count == 0) one.count = 1;
      }
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
    if (is_stale(job, system_.read.stale_notes)) ++stale[queue];
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
    row->stale = Count{stale[name], Exactness::exact};
    if (!system_.read.running_note.empty()) row->notes.emplace_back(system_.read.running_note);
  }
}

/// Every record up to the bound, by the queue it names.
void RedisJobStore::add_records(Statistics& statistics, const OpenList& list, const DecodeContext& context,
                                const StatisticsQuery& query) {
  ListProgress progress;
  progress.key = list.key;
  ScanWalker walker(*connection_, system_, *list.place, progress);
  const JobFilter anything;
  EntryReader whole(*this, anything, context, EntryReader::Depth::whole);
  EntryReader summary(*this, anything, context, EntryReader::Depth::summary);
  JobTally tally(context.now, query.window, system_.read.stale_notes);
  std::uint64_t examined = 0;
  bool complete = false;
  while (may_go_on(query.limits) && (!query.limits.scan || examined < *query.limits.scan)) {
    if (!walker.request(largest_window)) {
      complete = true;
      break;
    }
    walker.receive();
    const Window window = walker.take();
    const bool covered = query.window.count() > 0 && examined < most_covered;
    EntryReader& reader = covered ? whole : summary;
    for (const MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs)
      tally.add(found.job, covered);
    examined += window.elements.size();
  }
  complete = complete || walker.finished();
  for (QueueStatistics& row : tally.rows(complete)) {
    if (!complete) row.notes.push_back("of the first " + std::to_string(examined) + " jobs in the server's order");
    statistics.queues.push_back(std::move(row));
  }
  if (!complete) statistics.truncated = "stopped after " + std::to_string(examined) + " jobs, --full reads all";
}

/// Jobs that reached append-only lists during the interval. A list that is not there is empty: it may appear meanwhile.
void RedisJobStore::add_rates(Statistics& statistics, const OpenLists& lists, const StatisticsQuery& query) {
  struct Growing {
    const Place* place;
    std::string key;
  };
  std::vector<Growing> growing;
  const auto add = [&](const Place& place, const std::string& key) {
    const bool told = place.role == PlaceRole::completed || place.role == PlaceRole::dead;
    const bool known = std::any_of(growing.begin(), growing.end(), [&](const Growing& one) { return one.key == key; });
    if (told && !known && place.append_only && place.container == Container::list) growing.push_back({&place, key});
  };
  for (const OpenList& list : lists.lists) add(*list.place, list.key);
  for (const Place& place : deployment_.places)
    if (!place.family && place.listed && wants_queue(query.queues, place, place.key)) add(place, place.key);
  std::vector<RedisCommand> commands;
  for (const Growing& one : growing) commands.push_back({"LLEN", one.key});
  const std::vector<Reply> before = connection_->pipeline(commands);
  std::this_thread::sleep_for(*query.interval);
  const std::vector<Reply> replies = connection_->pipeline(commands);
  const double minutes = static_cast<double>(query.interval->count()) / 60'000.0;
  for (std::size_t i = 0; i < growing.size(); ++i) {
    if (!before[i].is(Reply::Type::integer) || !replies[i].is(Reply::Type::integer)) continue;
    auto row = std::find_if(statistics.queues.begin(), statistics.queues.end(),
                            [&](const QueueStatistics& queue) { return queue.queue.raw() == growing[i].key; });
    if (row == statistics.queues.end()) {
      const bool was_there = std::any_of(lists.lists.begin(), lists.lists.end(),
                                         [&](const OpenList& list) { return list.key == growing[i].key; });
      if (was_there) continue;  // not asked for
      row = statistics.queues.insert(statistics.queues.end(), QueueStatistics{});
      row->queue = Untrusted(growing[i].key);
    }
    const double added = static_cast<double>(replies[i].integer()) - static_cast<double>(before[i].integer());
    if (added < 0)
      row->notes.push_back("the list was emptied during the interval: no rate");
    else
      (growing[i].place->role == PlaceRole::completed ? row->completed_per_minute : row->failed_per_minute) =
          added / minutes;
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
    if (read_at_once(*list.place) || !list.place->listed) continue;
    if (list.place->container == Container::records) {
      add_records(statistics, list, context, query);
      continue;
    }
    QueueStatistics row = list_statistics(list, context, query.limits);
    if (!list.place->consumed) row.notes.emplace_back("no worker takes from this queue");
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
  if (query.interval && query.interval->count() > 0) add_rates(statistics, open, query);
  if (!open.complete) statistics.truncated = "not all keys were looked at: running jobs may be missing";
  return statistics;
}

}  // namespace queuetrace

#include "backends/engines/redis/statistics.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/job_tally.hpp"
#include "backends/engines/redis/pauses.hpp"
#include "backends/engines/redis/queue_rows.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Entries of one list that are decoded for a statistic; with more the numbers are estimates.
constexpr std::uint64_t most_examined_for_counts = 20'000;

/// The same where only counts, ages and pauses are asked for and a container holds jobs of one state.
constexpr std::uint64_t most_looked_at = 100;

/// Records read whole for the coverage of tracing, which payloads may tell.
constexpr std::uint64_t most_covered = 5'000;

bool may_go_on(const ReadLimits& limits) {
  return std::chrono::steady_clock::now() < limits.deadline && !limits.stop.stop_requested();
}

/// The element at the old end; absent where a container has none.
std::optional<RedisCommand> oldest_of(const OpenList& list) {
  if (list.place->container == Container::list)
    return RedisCommand{"LINDEX", list.key, list.place->newest == ListEnd::head ? "-1" : "0"};
  if (list.place->container == Container::sorted_set) return RedisCommand{"ZRANGE", list.key, "0", "0", "WITHSCORES"};
  return std::nullopt;
}

const OpenList* find_list(const OpenLists& open, const std::string& key) {
  const auto found = std::ranges::find(open.lists, key, &OpenList::key);
  return found == open.lists.end() ? nullptr : &*found;
}

}  // namespace

StatisticsReader::StatisticsReader(RedisKeyspace& keys, const StatisticsQuery& query)
    : keys_(keys), query_(query), context_{keys.deployment(), {}, false} {}

QueueStatistics StatisticsReader::read_list(const OpenList& list) {
  const Place& place = *list.place;
  QueueStatistics row;
  row.queue = Untrusted(std::string(queue_of(place, list.key)));
  TraceCoverage coverage;
  std::map<JobState, Seen> seen;
  ListProgress progress;
  progress.key = list.key;
  progress.length = list.length;
  progress.memory = list.memory;
  const std::unique_ptr<Walker> walker = make_walker(keys_.connection(), keys_.system(), place, progress);
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::whole);
  // Of counts alone the length of a list and its oldest element tell enough: what waits is then one number.
  // Where marks lie among the jobs, the length counts them, too, and where some wait for their time, those as well.
  const bool by_length = query_.window.count() == 0 && place.container == Container::list &&
                         keys_.system().read.is_job == nullptr && place.role != PlaceRole::running &&
                         place.states.size() > 0 && !place.states.contains(JobState::scheduled);
  const bool counted = by_length || place.states.size() == 1;
  const std::uint64_t most = by_length                               ? 0
                             : counted && query_.window.count() == 0 ? most_looked_at
                                                                     : most_examined_for_counts;
  std::uint64_t examined = 0, stale = 0;
  while (examined < most && may_go_on(query_.limits) && walker->request(std::min(largest_window, most))) {
    walker->receive();
    const Window window = walker->take();
    for (const MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs) {
      seen[found.job.state].add(found.job, context_.now);
      stale += is_stale(found.job, keys_.system().read.stale_notes);
      coverage.count(found.job.trace.status);
    }
    examined += window.elements.size();
  }
  if (examined < list.length) {
    coverage.sampled = true;
    if (const std::optional<RedisCommand> oldest = oldest_of(list)) {
      const Reply reply = keys_.connection().ask(*oldest, "read the oldest job");
      Window window;
      if (reply.is(Reply::Type::string)) window.elements.push_back({reply.text()});
      if (reply.size() == 2) window.elements.push_back({.raw = reply[0].text(), .score = reply[1].text()});
      for (const MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs) {
        Seen& one = seen[found.job.state];
        one.add_times(found.job, context_.now);
        if (one.count == 0) one.count = 1;
      }
    }
    if (query_.window.count() > 0)
      row.notes.push_back("times and tracing from the newest " + grouped(examined) + " of " +
                          count_words(list.length, "job"));
  }
  row.states = in_order(seen, examined, list.length);
  // A list for one state is counted exactly by its length.
  if (examined < list.length && counted && row.states.size() == 1)
    row.states.front().count = {list.length, Exactness::exact};
  if (coverage.examined > 0) row.coverage = coverage;
  if (place.role == PlaceRole::running)
    row.stale = Count{stale, examined < list.length ? Exactness::at_least : Exactness::exact};
  if (!place.consumed) row.notes.emplace_back("no worker takes from this queue");
  return row;
}

void StatisticsReader::add_running(const std::vector<Job>& running) {
  std::map<std::string, std::map<JobState, Seen>> by_queue;
  std::map<std::string, std::uint64_t> stale;
  for (const Job& job : running) {
    const std::string queue = job.queue ? job.queue->raw() : std::string();
    by_queue[queue][job.state].add(job, context_.now);
    if (is_stale(job, keys_.system().read.stale_notes)) ++stale[queue];
  }
  for (const auto& [name, seen] : by_queue) {
    QueueStatistics row;
    row.queue = Untrusted(name);
    row.states = in_order(seen, 1, 1);
    row.stale = Count{stale[name], Exactness::exact};
    if (!keys_.system().read.running_note.empty()) row.notes.emplace_back(keys_.system().read.running_note);
    merge_row(out_.queues, std::move(row));
  }
}

void StatisticsReader::add_by_queue(const OpenList& list) {
  ListProgress progress;
  progress.key = list.key;
  progress.length = list.length;
  progress.memory = list.memory;
  const std::unique_ptr<Walker> walker = make_walker(keys_.connection(), keys_.system(), *list.place, progress);
  const JobFilter anything;
  EntryReader whole(keys_, anything, context_, EntryReader::Depth::whole);
  EntryReader summary(keys_, anything, context_, EntryReader::Depth::summary);
  JobTally tally(context_.now, query_.window, keys_.system().read.stale_notes);
  std::uint64_t examined = 0;
  bool complete = false;
  while (may_go_on(query_.limits) && (!query_.limits.scan || examined < *query_.limits.scan)) {
    if (!walker->request(largest_window)) {
      complete = true;
      break;
    }
    walker->receive();
    const Window window = walker->take();
    const bool covered = query_.window.count() > 0 && examined < most_covered;
    EntryReader& reader = covered ? whole : summary;
    for (const MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs)
      tally.add(found.job, covered);
    examined += window.elements.size();
  }
  complete = complete || walker->finished();
  for (QueueStatistics& row : tally.rows(complete)) {
    if (!complete) row.notes.push_back("of the first " + count_words(examined, "job") + " in the server's order");
    merge_row(out_.queues, std::move(row));
  }
  if (!complete) out_.truncated = "stopped after " + count_words(examined, "job") + ", --full reads all";
}

void StatisticsReader::add_rates(const OpenLists& before, const OpenLists& after) {
  std::map<std::string, const Place*> growing;
  const auto add = [&](const Place& place, const std::string& key) {
    const bool told = place.role == PlaceRole::completed || place.role == PlaceRole::dead;
    if (told && place.append_only && place.container == Container::list) growing.emplace(key, &place);
  };
  for (const OpenList& list : after.lists) add(*list.place, list.key);
  for (const Place& place : keys_.deployment().places)
    if (!place.family && place.listed && keys_.wants_queue(query_.queues, place, place.key)) add(place, place.key);
  const double minutes = static_cast<double>(query_.interval->count()) / 60'000.0;
  for (const auto& [key, place] : growing) {
    const std::string name(queue_of(*place, key));
    QueueStatistics* row = find_row(out_.queues, name);
    if (row == nullptr) {
      if (find_list(after, key) != nullptr) continue;  // not asked for
      row = &row_of(out_.queues, name);
    }
    const OpenList *const then = find_list(before, key), *const now = find_list(after, key);
    const double added = (now == nullptr ? 0.0 : static_cast<double>(now->length)) -
                         (then == nullptr ? 0.0 : static_cast<double>(then->length));
    if (added < 0)
      row->notes.push_back("the list was emptied during the interval: no rate");
    else
      (place->role == PlaceRole::completed ? row->completed_per_minute : row->failed_per_minute) = added / minutes;
  }
}

void StatisticsReader::add_pauses() {
  std::vector<std::string> names;
  if (keys_.finds_queues()) names = keys_.queue_names(query_.limits).names;
  for (const QueueStatistics& row : out_.queues)
    if (!keys_.finds_queues() && !row.queue.empty()) names.push_back(row.queue.raw());
  const QueuePauses pauses = QueuePauses::read(keys_, names);
  if (!pauses.known()) return;
  for (const std::string& name : names) {
    const QueuePause* pause = pauses.find(name);
    // A paused queue is told though nothing is in it.
    QueueStatistics* row = pause == nullptr ? find_row(out_.queues, name) : &row_of(out_.queues, name);
    if (row == nullptr) continue;
    row->paused = pause != nullptr;
    if (pause != nullptr) row->pause = *pause;
  }
}

void StatisticsReader::drop_unwanted() {
  std::erase_if(out_.queues, [&](const QueueStatistics& row) {
    for (const Place& place : keys_.deployment().places)
      if (!place.family && place.key == row.queue.raw()) return !keys_.wants_queue(query_.queues, place, place.key);
    return !query_.queues.empty() && std::ranges::none_of(query_.queues, [&](const std::string& glob) {
      return matches_glob(glob, row.queue.raw());
    });
  });
}

void StatisticsReader::add(const OpenList& list) {
  if (read_at_once(*list.place) || !list.place->listed) return;
  if (list.place->container == Container::records || list.place->shared)
    add_by_queue(list);
  else
    merge_row(out_.queues, read_list(list));
}

Statistics StatisticsReader::run() {
  // What is told is what there is at the end of the interval.
  std::optional<OpenLists> before;
  if (query_.interval && query_.interval->count() > 0) {
    before = keys_.open_all(query_.limits);
    std::this_thread::sleep_for(*query_.interval);
    if (query_.limits.deadline != std::chrono::steady_clock::time_point::max())
      query_.limits.deadline += *query_.interval;
  }
  context_.now = keys_.server_time();
  out_.now = context_.now;
  const OpenLists open = keys_.open_all(query_.limits);
  out_.warnings = open.warnings;
  for (const OpenList& list : open.lists) add(list);
  // Queues that are configured and hold nothing: a list without elements is not there.
  for (const Place& place : keys_.deployment().places)
    if (!place.family && !place.shared && place.role == PlaceRole::waiting && place.container == Container::list)
      row_of(out_.queues, queue_of(place, place.key));
  add_running(keys_.running_jobs(open, context_));
  add_pauses();
  drop_unwanted();
  if (before) add_rates(*before, open);
  if (!open.complete) out_.truncated = "not all keys were read: running jobs may be missing";
  return std::move(out_);
}

}  // namespace queuetrace

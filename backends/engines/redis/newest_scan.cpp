#include "backends/engines/redis/newest_scan.hpp"

#include <algorithm>

#include "backends/engines/redis/position_walker.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Shortest text that counts as the beginning of an id (JobFilter::ids).
constexpr std::size_t shortest_beginning = 4;

JobMark mark_of(const Job& job, const OpenList& list, const Element& element) {
  return {job.created_at.value_or(infinite_past), job.ref.id.raw(),
          list.key + '\0' + std::string(element.field.empty() ? element.raw : element.field)};
}

}  // namespace

bool has_direct_ids(const JobFilter& filter, const Place& place) {
  // Records that are named after something else (workers) do not have the ids of jobs in their keys.
  return !filter.ids.empty() && place.container == Container::records && place.names.empty();
}

NewestScan::NewestScan(RedisKeyspace& keys, const JobQuery& query, const DecodeContext& context,
                       const std::vector<OpenList>& lists, std::optional<JobMark> after)
    : keys_(keys), query_(query), context_(context), lists_(lists), after_(std::move(after)) {}

/// Comes after what was given out, and before the last of those kept when there is no more room.
bool NewestScan::wanted(const JobMark& mark) const {
  if (after_ && !(*after_ < mark)) return false;
  return kept_.size() < query_.page_size || mark < kept_.rbegin()->first;
}

bool NewestScan::may_go_on() {
  if (query_.limits.stop.stop_requested())
    truncated_ = "stopped on request";
  else if (std::chrono::steady_clock::now() >= query_.limits.deadline)
    truncated_ = "stopped at the time limit";
  else if (query_.limits.scan && examined_ >= *query_.limits.scan)
    truncated_ = "stopped after " + count_words(examined_, "entry", "entries") + ", --full reads all";
  return !truncated_;
}

void NewestScan::consider(std::size_t list, EntryReader& reader, const Window& window,
                          const TakeEarlier& take_earlier) {
  const OpenList& open = lists_[list];
  const auto admits = [&](std::size_t element, const Job& job) {
    const JobMark mark = mark_of(job, open, window.elements[element]);
    if (after_ && !(*after_ < mark)) return false;
    if (wanted(mark)) return true;
    // Without details nothing more can be asked, so whether it matches is known.
    more_ = true;
    return false;
  };
  for (MatchedEntry& found : reader.read(open, window, window.elements.size(), admits, UINT64_MAX, take_earlier).jobs) {
    const Element& element = window.elements[found.element];
    const JobMark mark = mark_of(found.job, open, element);
    const bool comes_after = !after_ || *after_ < mark;
    if (!wanted(mark)) {
      more_ = more_ || comes_after;
      continue;
    }
    kept_.insert_or_assign(mark, Kept{list, std::string(element.raw), std::string(element.field),
                                      std::string(element.score), std::move(found.job)});
    if (kept_.size() > query_.page_size) {
      kept_.erase(std::prev(kept_.end()));
      more_ = true;
    }
  }
  examined_ += window.elements.size();
}

bool NewestScan::read_by_id(std::size_t list, const std::vector<std::string>& ids, EntryReader& reader) {
  const Place& place = *lists_[list].place;
  std::vector<std::string> keys;
  for (const std::string& id : ids) {
    const std::string key = place.key + id + place.suffix;
    if (id.empty() || (keys_.system().place.belongs != nullptr && !keys_.system().place.belongs(place, key))) continue;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  // Whether a key is there is asked apart from the filter, which may refuse the job.
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) commands.push_back({"EXISTS", key});
  std::size_t there = 0;
  for (const Reply& reply : keys_.connection().pipeline(commands)) there += reply.integer() > 0;
  Window window;
  for (const std::string& key : keys) window.elements.push_back({key});
  consider(list, reader, window);
  return there == ids.size();
}

void NewestScan::walk(std::size_t list, EntryReader& reader) {
  const OpenList& open = lists_[list];
  ListProgress progress;
  progress.key = open.key;
  // A scan of a sorted set costs the server more than looking through the records, of its scores.
  if (open.place->container == Container::sorted_set && reader.searches_carriers(*open.place) &&
      read_by_rank(list, reader))
    return;
  ScanWalker walker(keys_.connection(), keys_.system(), *open.place, progress);
  if (has_direct_ids(query_.filter, *open.place)) {
    const std::vector<std::string>& ids = query_.filter.ids;
    if (read_by_id(list, ids, reader)) return;
    if (std::all_of(ids.begin(), ids.end(), [](const std::string& id) { return id.size() < shortest_beginning; }))
      return;
    if (ids.size() == 1) walker.only_ids_with(ids.front());
  }
  // Everything is looked at for the other alternatives; what has the id itself is found even where that takes too long.
  if (!after_)
    for (const JobFilter& one : query_.filter.any_of)
      if (has_direct_ids(one, *open.place)) read_by_id(list, one.ids, reader);
  read_all(walker, list, reader);
  // No key has the id: a record may name another one than its key.
  const std::span<const std::string_view> fields = keys_.system().read.summary_fields;
  if (!has_direct_ids(query_.filter, *open.place) || query_.filter.ids.size() > 1 || !kept_.empty() || after_ ||
      std::ranges::find(fields, "id") == fields.end())
    return;
  ScanWalker all(keys_.connection(), keys_.system(), *open.place, progress);
  read_all(all, list, reader);
}

bool NewestScan::read_by_rank(std::size_t list, EntryReader& reader) {
  const OpenList& open = lists_[list];
  ListProgress progress;
  progress.key = open.key;
  progress.length = open.length;
  PositionWalker walker(keys_.connection(), *open.place, std::move(progress), PositionWalker::Scores::left_out);
  while (!walker.finished() && may_go_on()) {
    if (!walker.received()) {
      if (walker.requested() == 0 && !walker.request(largest_window)) break;
      walker.receive();
    }
    const Window window = walker.take();
    if (walker.lost_place()) {
      keys_.connection().discard_outstanding();
      return false;
    }
    if (!window.last) walker.request(largest_window);
    consider(list, reader, window, [&] {
      if (walker.requested() > 0) walker.receive();
    });
  }
  return true;
}

void NewestScan::read_all(ScanWalker& walker, std::size_t list, EntryReader& reader) {
  while (may_go_on() && walker.request(largest_window)) {
    walker.receive();
    consider(list, reader, walker.take());
  }
}

/// A job may have gone meanwhile; what was seen of it is still true of a moment ago.
std::vector<MarkedJob> NewestScan::read_whole() {
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::whole);
  std::vector<MarkedJob> jobs;
  std::vector<std::pair<Window, std::vector<std::size_t>>> windows(lists_.size());
  for (auto& [mark, kept] : kept_) {
    if (const Place& place = *lists_[kept.list].place; reader.asks_again(place)) {
      windows[kept.list].first.elements.push_back({kept.element, 0, kept.field, kept.score});
      windows[kept.list].second.push_back(jobs.size());
    }
    jobs.push_back({mark, kept.list, std::move(kept.job)});
  }
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    auto& [window, places] = windows[list];
    for (MatchedEntry& found : reader.read(lists_[list], window, window.elements.size()).jobs)
      jobs[places[found.element]].job = std::move(found.job);
  }
  return jobs;
}

std::vector<MarkedJob> NewestScan::run() {
  EntryReader reader(keys_, query_.filter, context_, EntryReader::Depth::summary);
  for (std::size_t i = 0; i < lists_.size() && !truncated_; ++i) walk(i, reader);
  skipped_ = reader.skipped();
  cut_ = reader.cut();
  return read_whole();
}

}  // namespace queuetrace

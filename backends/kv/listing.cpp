#include "backends/kv/listing.hpp"

#include <algorithm>

#include "backends/kv/job_matcher.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Requests under way for a list that is only searched.
constexpr std::size_t windows_ahead = 4;

/// A window whose entries are this large in all is followed by a smaller one.
constexpr std::uint64_t large_window_bytes = 4u << 20;

/// Decoded jobs that wait for their turn at most; with more, lists are in no useful order and jobs are given out as
/// they come.
constexpr std::size_t most_waiting = 20'000;

std::string text_of(const JobFilter& filter) {
  std::string text;
  const auto add = [&](char kind, const std::string& value) {
    text.push_back(kind);
    text.append(std::to_string(value.size())).push_back(':');
    text.append(value);
  };
  for (const TraceQuery& trace : filter.traces) add('t', trace.typed);
  for (const std::string& value : filter.correlation_ids) add('c', value);
  for (const std::string& value : filter.span_ids) add('s', value);
  for (const std::string& value : filter.queues) add('q', value);
  for (const StateSelector& value : filter.states)
    add('S', value.state ? std::string(to_word(*value.state)) : value.word);
  for (const std::string& value : filter.kinds) add('k', value);
  for (const std::string& value : filter.ids) add('i', value);
  if (filter.since) add('a', to_rfc3339(*filter.since));
  if (filter.until) add('b', to_rfc3339(*filter.until));
  add('f', std::to_string(static_cast<int>(filter.time_field)));
  for (const std::string& value : filter.errors) add('e', value);
  for (const PayloadCondition& value : filter.where) {
    for (const std::string& step : value.path) add('p', step);
    add('w', std::to_string(static_cast<int>(value.comparison)) + value.value);
  }
  for (const std::string& value : filter.priorities) add('r', value);
  for (const std::string& value : filter.workers) add('W', value);
  for (const std::string& value : filter.tenants) add('T', value);
  for (const std::string& value : filter.workflows) add('F', value);
  return text;
}

/// Neighbouring positions as ranges.
std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_of(std::vector<std::uint64_t> positions) {
  std::sort(positions.begin(), positions.end());
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const std::uint64_t position : positions) {
    if (!ranges.empty() && position <= ranges.back().second + 1)
      ranges.back().second = std::max(ranges.back().second, position);
    else
      ranges.emplace_back(position, position);
  }
  return ranges;
}

}  // namespace

bool Listing::GivenLater::operator()(const Candidate& a, const Candidate& b) const {
  if (a.order != b.order) return a.order < b.order;
  if (a.job.ref.id != b.job.ref.id) return b.job.ref.id < a.job.ref.id;
  return std::tie(a.list, a.position) > std::tie(b.list, b.position);
}

Listing::Listing(RedisJobStore& store, const JobQuery& query)
    : store_(store),
      query_(query),
      needles_(query.filter),
      context_{store.deployment_, {}, query.payload || !query.filter.where.empty()},
      storage_(query.order == JobOrder::storage),
      scans_(!query.filter.empty()) {}

std::uint64_t Listing::query_fingerprint() const {
  return fingerprint(text_of(query_.filter), fingerprint(storage_ ? "storage" : "newest"));
}

Page Listing::run() {
  context_.now = store_.server_time();
  if (query_.after)
    resume(parse_cursor(*query_.after, query_fingerprint()));
  else
    begin();
  if (!storage_) {
    // What every list has newest is needed before the first job can be given out: ask all of them at once.
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (lists_[i].open.place->role == PlaceRole::running && !lists_[i].walker->finished()) fill(i);
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (!lists_[i].walker->finished()) request_ahead(i);
  }
  Page page;
  while (page.jobs.size() < query_.page_size) {
    if (give_next(page)) continue;
    const std::size_t next = next_list();
    if (next == lists_.size()) break;
    if (!may_go_on(page)) {
      if (waiting_.empty()) break;
      continue;
    }
    fill(next);
  }
  close(page);
  return page;
}

void Listing::begin() {
  const JobFilter& filter = query_.filter;
  std::vector<const Place*> places;
  for (const Place& place : store_.deployment_.places) {
    if (!may_match_state(filter, place.states, place.native)) continue;
    if (!filter.workers.empty() && place.role != PlaceRole::running) continue;
    if (!place.family && place.role == PlaceRole::waiting && !store_.wants_queue(filter.queues, place, place.key))
      continue;
    places.push_back(&place);
  }
  OpenLists open = store_.open_lists(query_.limits, places);
  warnings_ = std::move(open.warnings);
  if (!open.complete) warnings_.push_back("not all keys were looked at: lists of running jobs may be missing");
  for (OpenList& list : open.lists) {
    ListProgress progress;
    progress.key = list.key;
    progress.place = static_cast<std::size_t>(list.place - store_.deployment_.places.data());
    progress.length = list.length;
    add_list(std::move(list), std::move(progress));
  }
}

void Listing::resume(const ListingCursor& cursor) {
  scanned_ = cursor.scanned;
  stopped_ = cursor.stopped;
  for (const ListProgress& progress : cursor.lists) {
    if (progress.place >= store_.deployment_.places.size())
      throw Error(ErrorKind::usage, "this cursor does not belong to this source and filter");
    const Place& place = store_.deployment_.places[progress.place];
    add_list({&place, progress.key, progress.length}, progress);
    List& list = lists_.back();
    list.held_back = progress.held;
    list.walker->align();
    if (list.walker->lost_place()) warnings_.push_back("a list changed too much between two pages: jobs may repeat");
    read_held(lists_.size() - 1);
    if (progress.finished || stopped_) {
      list.walker->finish();
      list.frontier = infinite_past;
    }
  }
}

void Listing::add_list(OpenList open, ListProgress progress) {
  List list;
  list.open = std::move(open);
  list.walker = std::make_unique<ListWalker>(*store_.connection_, *list.open.place, std::move(progress));
  const bool sparse = !needles_.empty();
  list.window = sparse ? largest_window : std::clamp<std::uint64_t>(query_.page_size, 16, largest_window);
  lists_.push_back(std::move(list));
}

void Listing::read_whole_running_list(std::size_t index) {
  List& list = lists_[index];
  std::vector<Job> jobs = store_.read_running(list.open, context_);
  scanned_ += jobs.size();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (list.open.length > largest_window && i + 1 == jobs.size())
      warnings_.push_back("a worker's list holds more than " + std::to_string(largest_window) +
                          " entries: only those are shown");
    if (!matches(query_.filter, jobs[i], [this](std::string_view name, std::string_view queue) {
          return store_.system_.queue_alias != nullptr && store_.system_.queue_alias(name, queue, store_.deployment_);
        }))
      continue;
    const Timestamp order = order_of(jobs[i], infinite_future);
    add({std::move(jobs[i]), order, index, i, 0});
  }
  list.walker->finish();
  list.frontier = infinite_past;
}

void Listing::read_held(std::size_t index) {
  List& list = lists_[index];
  if (list.held_back.empty()) return;
  if (list.open.place->role == PlaceRole::running) {
    // Read again whole; only the positions that were held back are still to come.
    std::vector<Job> jobs = store_.read_running(list.open, context_);
    for (const auto& [first, last] : list.held_back)
      for (std::uint64_t at = first; at <= last && at < jobs.size(); ++at) {
        const Timestamp order = order_of(jobs[at], infinite_future);
        add({std::move(jobs[at]), order, index, at, 0});
      }
    return;
  }
  for (const ListWindow& window : list.walker->read_ranges(list.held_back))
    for (std::size_t i = 0; i < window.entries.size(); ++i)
      consider(index, {*list.open.place, list.open.key, window.indexes[i], window.entries[i], {}}, window.position + i);
}

bool Listing::may_go_on(Page& page) {
  if (stopped_) return false;
  if (query_.limits.stop.stop_requested()) {
    page.truncated = "stopped on request";
  } else if (std::chrono::steady_clock::now() >= query_.limits.deadline) {
    page.truncated = "stopped at the time limit";
  } else if (scans_ && query_.limits.scan && scanned_ >= *query_.limits.scan) {
    page.truncated = "stopped after " + std::to_string(scanned_) + " entries, --full reads all";
  }
  if (!page.truncated) return true;
  stopped_ = true;
  for (List& list : lists_) {
    list.walker->finish();
    list.frontier = infinite_past;
  }
  return false;
}

/// The list to read on: the first in storage order, else the one that may hold the newest unread entry.
std::size_t Listing::next_list() const {
  std::size_t best = lists_.size();
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    if (lists_[i].walker->finished()) continue;
    if (storage_) return i;
    if (best == lists_.size() || lists_[i].frontier > lists_[best].frontier) best = i;
  }
  return best;
}

void Listing::request_ahead(std::size_t index) {
  List& list = lists_[index];
  const bool searched = list.found_nothing > 0 || (storage_ && !needles_.empty());
  const std::size_t ahead = searched ? windows_ahead : 1;
  while (list.walker->requested() < ahead && list.walker->request(list.window)) asked_.push_back(index);
}

void Listing::receive_for(std::size_t index) {
  while (!lists_[index].walker->received() && !asked_.empty()) {
    const std::size_t first = asked_.front();
    asked_.pop_front();
    lists_[first].walker->receive();
  }
}

void Listing::fill(std::size_t index) {
  List& list = lists_[index];
  if (list.open.place->role == PlaceRole::running) {
    for (; !asked_.empty(); asked_.pop_front()) lists_[asked_.front()].walker->receive();
    return read_whole_running_list(index);
  }
  if (!list.walker->received()) request_ahead(index);
  receive_for(index);
  if (!list.walker->received()) return;
  const ListWindow window = list.walker->take();
  if (window.wrong_type) warnings_.push_back("a list became a key of another type: skipped");
  if (list.found_nothing > 0 && !window.last) request_ahead(index);
  const std::size_t before = waiting_.size();
  examine(index, window, storage_ ? query_.page_size : window.entries.size());
  list.found_nothing = waiting_.size() == before ? list.found_nothing + 1 : 0;
  const std::uint64_t bytes = window.reply->bytes.size();
  if (bytes > large_window_bytes)
    list.window = std::max<std::uint64_t>(1, list.window * large_window_bytes / bytes);
  else if (list.found_nothing > 0 || !needles_.empty())
    list.window = largest_window;
  if (list.walker->finished()) list.frontier = infinite_past;
}

void Listing::examine(std::size_t index, const ListWindow& window, std::size_t room) {
  List& list = lists_[index];
  for (std::size_t i = 0; i < window.entries.size(); ++i) {
    if (storage_ && waiting_.size() >= room) {
      list.walker->use_only(window, i);
      return;
    }
    ++scanned_;
    if (!needles_.empty() && !needles_.may_match(window.entries[i])) continue;
    consider(index, {*list.open.place, list.open.key, window.indexes[i], window.entries[i], {}}, window.position + i);
  }
  if (storage_ || window.entries.empty()) return;
  const Entry last{*list.open.place, list.open.key, window.indexes.back(), window.entries.back(), {}};
  if (const std::optional<Timestamp> created = store_.system_.decode(last, context_).created_at)
    list.frontier = std::min(list.frontier, *created);
}

void Listing::consider(std::size_t index, const Entry& entry, std::uint64_t position) {
  Job job = store_.decode(entry, context_);
  if (!matches(query_.filter, job, [this](std::string_view name, std::string_view queue) {
        return store_.system_.queue_alias != nullptr && store_.system_.queue_alias(name, queue, store_.deployment_);
      }))
    return;
  const Timestamp order = order_of(job, lists_[index].frontier);
  const std::uint64_t shift = lists_[index].walker->shift();
  add({std::move(job), order, index, position, shift});
}

/// A job without a time stands where its list has come to; in storage order each job comes after the one before.
Timestamp Listing::order_of(const Job& job, Timestamp without_time) {
  if (storage_) return infinite_future - std::chrono::microseconds(++sequence_);
  return job.created_at.value_or(without_time);
}

void Listing::add(Candidate candidate) {
  waiting_.push_back(std::move(candidate));
  std::push_heap(waiting_.begin(), waiting_.end(), GivenLater());
}

bool Listing::give_next(Page& page) {
  if (waiting_.empty()) return false;
  if (!storage_ && waiting_.size() < most_waiting) {
    for (const List& list : lists_)
      if (!list.walker->finished() && list.frontier > waiting_.front().order) return false;
  }
  std::pop_heap(waiting_.begin(), waiting_.end(), GivenLater());
  page.jobs.push_back(std::move(waiting_.back().job));
  waiting_.pop_back();
  return true;
}

void Listing::close(Page& page) {
  store_.connection_->discard_outstanding();
  ListingCursor cursor{query_fingerprint(), scanned_, stopped_, {}};
  std::vector<std::vector<std::uint64_t>> held(lists_.size());
  for (const Candidate& candidate : waiting_) {
    const std::uint64_t moved = lists_[candidate.list].walker->shift() - candidate.shift;
    held[candidate.list].push_back(candidate.position + moved);
  }
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    ListProgress progress = lists_[i].walker->progress();
    progress.finished = lists_[i].walker->finished();
    progress.held = ranges_of(std::move(held[i]));
    if (progress.finished && progress.held.empty()) continue;
    cursor.lists.push_back(std::move(progress));
  }
  if (!cursor.lists.empty()) page.next = to_text(cursor);
  if (stopped_ && !page.truncated)
    page.truncated = "stopped after " + std::to_string(scanned_) + " entries, --full reads all";
  page.scanned = scans_ ? scanned_ : 0;
  page.warnings = std::move(warnings_);
}

Page RedisJobStore::list(const JobQuery& query) {
  connection_->discard_outstanding();
  return Listing(*this, query).run();
}

}  // namespace queuetrace

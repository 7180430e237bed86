#include "backends/engines/redis/listing.hpp"

#include <algorithm>

#include "backends/engines/redis/job_matcher.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"
#include "model/filter_conditions.hpp"
#include "model/fingerprint.hpp"
#include "model/held_texts.hpp"

namespace queuetrace {
namespace {

/// Decoded jobs that wait for their turn at most; with more, lists are in no useful order and jobs are given out as
/// they come.
constexpr std::size_t most_waiting = 20'000;

/// Elements of one look at a list whose jobs are to change.
constexpr std::uint64_t short_window = 128;

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

std::string skipped_words(std::uint64_t keys) {
  return count_words(keys, "key named like jobs holds", "keys named like jobs hold") + " something else: skipped";
}

}  // namespace

bool Listing::GivenLater::operator()(const Candidate& a, const Candidate& b) const {
  if (a.order != b.order) return a.order < b.order;
  if (a.job.ref.id != b.job.ref.id) return b.job.ref.id < a.job.ref.id;
  if (a.mark.has_value() != b.mark.has_value()) return a.mark.has_value();
  if (a.mark) return a.position > b.position;
  return std::tie(a.list, a.position) > std::tie(b.list, b.position);
}

Listing::Listing(RedisKeyspace& keys, const JobQuery& query)
    : keys_(keys),
      query_(query),
      context_{keys.deployment(), {}, query.payload || !query.filter.where.empty(), query.locators},
      reader_(keys, query.filter, context_, EntryReader::Depth::whole),
      sparse_(!query.filter.traces.empty() || !query.filter.span_ids.empty() || !query.filter.correlation_ids.empty() ||
              !query.filter.ids.empty() || !query.filter.any_of.empty()),
      storage_(query.order == JobOrder::storage),
      scans_(!query.filter.empty()) {}

std::uint64_t Listing::query_fingerprint() const {
  return fingerprint(filter_digest(query_.filter), fingerprint(storage_ ? "storage" : "newest"));
}

Page Listing::run() {
  context_.now = keys_.server_time();
  if (query_.after)
    resume(parse_cursor(*query_.after, query_fingerprint()));
  else
    begin();
  if (!storage_) {
    // What every list has newest is needed before the first job can be given out: ask all of them at once.
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (read_at_once(*lists_[i].open.place) && !lists_[i].walker->finished()) fill(i);
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (!lists_[i].walker->finished()) request_ahead(i);
  }
  Page page;
  while (page.jobs.size() < query_.page_size && given_bytes_ < most_page_bytes) {
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

bool Listing::scanned_whole(const Place& place) const {
  return !is_ordered(place) && (!storage_ || has_direct_ids(query_.filter, place));
}

bool Listing::is_of_another_queue(const OpenList& list) const {
  return list.place->names_queue && !keys_.wants_queue(query_.filter.queues, *list.place, list.key);
}

std::vector<const Place*> Listing::wanted_places() const {
  const JobFilter& filter = query_.filter;
  std::vector<const Place*> places;
  for (const Place& place : keys_.deployment().places) {
    if (!place.listed) continue;
    if (!may_match_state(filter, place.states, place.native)) continue;
    // What lies there itself names no worker before one has it; a record may go on naming the last one.
    if (!filter.workers.empty() && place.holds == Holds::payloads &&
        (place.role == PlaceRole::waiting || place.role == PlaceRole::later))
      continue;
    if (!place.family && place.role == PlaceRole::waiting && !keys_.wants_queue(filter.queues, place, place.key))
      continue;
    places.push_back(&place);
  }
  return places;
}

void Listing::begin() {
  OpenLists open = keys_.open_lists(query_.limits, wanted_places());
  warnings_ = std::move(open.warnings);
  if (!open.complete) warnings_.push_back("not all keys were read: queues or lists may be missing");
  for (OpenList& list : open.lists) {
    if (is_of_another_queue(list)) continue;
    if (scanned_whole(*list.place)) {
      unordered_.push_back(std::move(list));
      continue;
    }
    ListProgress progress;
    progress.key = list.key;
    progress.place = static_cast<std::size_t>(list.place - keys_.deployment().places.data());
    progress.length = list.length;
    progress.memory = list.memory;
    add_list(std::move(list), std::move(progress));
  }
  scan_unordered(std::nullopt);
  warn_about_placeholders();
}

void Listing::scan_unordered(std::optional<JobMark> after) {
  given_ = after;
  if (unordered_.empty()) return;
  NewestScan scan(keys_, query_, context_, unordered_, std::move(after));
  std::vector<MarkedJob> jobs = scan.run();
  scan_again_ = scan.more();
  scanned_whole_ = scan.examined();
  scan_truncated_ = scan.truncated();
  cut_ += scan.cut();
  if (scan.skipped() > 0) warnings_.push_back(skipped_words(scan.skipped()));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Timestamp order = order_of(jobs[i].job, infinite_past);
    add({std::move(jobs[i].job), order, jobs[i].list, i, 0, std::move(jobs[i].mark)});
  }
}

void Listing::warn_about_placeholders() {
  std::vector<TraceQuery> traces = query_.filter.traces;
  for (const JobFilter& one : query_.filter.any_of) traces.insert(traces.end(), one.traces.begin(), one.traces.end());
  for (const TraceQuery& query : traces)
    for (const std::string_view constant : keys_.system().read.placeholders)
      if (query.typed == constant)
        warnings_.push_back("'" + std::string(constant) + "' is a constant that " +
                            std::string(keys_.system().info.name) +
                            " writes in place of a trace id: every job of such a version carries it");
}

void Listing::resume(const ListingCursor& cursor) {
  scanned_ = cursor.scanned;
  stopped_ = cursor.stopped;
  if (cursor.scan_again) {
    for (OpenList& list : keys_.open_lists(query_.limits, wanted_places()).lists)
      if (scanned_whole(*list.place) && !is_of_another_queue(list)) unordered_.push_back(std::move(list));
    scan_unordered(cursor.after);
  }
  for (const ListProgress& progress : cursor.lists) {
    if (progress.place >= keys_.deployment().places.size())
      throw Error(ErrorKind::usage, "this cursor does not belong to this source and filter");
    const Place& place = keys_.deployment().places[progress.place];
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
  list.walker = make_walker(keys_.connection(), keys_.system(), *list.open.place, std::move(progress));
  // What is read to be changed is read in short windows: other clients wait for each of them.
  const std::uint64_t longest = query_.locators ? short_window : largest_window;
  list.window = sparse_ ? largest_window : std::clamp<std::uint64_t>(query_.page_size, 16, longest);
  lists_.push_back(std::move(list));
}

bool Listing::may_go_on(Page& page) {
  if (stopped_) return false;
  if (query_.limits.stop.stop_requested()) {
    page.truncated = "stopped on request";
  } else if (std::chrono::steady_clock::now() >= query_.limits.deadline) {
    page.truncated = "stopped at the time limit";
  } else if (scans_ && query_.limits.scan && scanned_ >= *query_.limits.scan) {
    page.truncated = "stopped after " + count_words(scanned_, "entry", "entries") + ", --full reads all";
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
  if (waiting_.back().mark) given_ = std::move(waiting_.back().mark);
  page.jobs.push_back(std::move(waiting_.back().job));
  given_bytes_ += text_bytes(page.jobs.back());
  waiting_.pop_back();
  ++given_count_;
  return true;
}

void Listing::close(Page& page) {
  keys_.connection().discard_outstanding();
  ListingCursor cursor;
  cursor.filter = query_fingerprint();
  cursor.scanned = scanned_;
  cursor.stopped = stopped_;
  cursor.scan_again = scan_again_;
  std::vector<std::vector<std::uint64_t>> held(lists_.size());
  for (const Candidate& candidate : waiting_) {
    if (candidate.mark) {
      cursor.scan_again = true;
      continue;
    }
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
  if (cursor.scan_again) cursor.after = given_;
  if (!cursor.lists.empty() || cursor.scan_again) page.next = to_text(cursor);
  if (stopped_ && !page.truncated)
    page.truncated = "stopped after " + count_words(scanned_, "entry", "entries") + ", --full reads all";
  if (scan_truncated_ && !page.truncated) page.truncated = scan_truncated_;
  cut_ += reader_.cut();
  if (cut_ > 0)
    warnings_.push_back(count_words(cut_, "job is", "jobs are") +
                        " larger than 16 MiB: only the beginning was read and searched");
  if (reader_.skipped() > 0) warnings_.push_back(skipped_words(reader_.skipped()));
  page.scanned = scans_ || !unordered_.empty() ? scanned_ + scanned_whole_ : 0;
  page.warnings = std::move(warnings_);
}

}  // namespace queuetrace

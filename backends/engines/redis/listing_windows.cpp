// How a listing reads on in one container: requests ahead, windows, lists of running jobs.
#include <algorithm>

#include "backends/engines/redis/listing.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Requests under way for a list that is only searched.
constexpr std::size_t windows_ahead = 4;

/// A window whose entries are this large in all is followed by a smaller one.
constexpr std::uint64_t large_window_bytes = 4u << 20;

}  // namespace

/// A worker's list is read whole, at one moment, with what else is known of the worker.
bool read_at_once(const Place& place) {
  return place.role == PlaceRole::running && place.container == Container::list && place.holds == Holds::payloads;
}

void Listing::read_whole_running_list(std::size_t index) {
  List& list = lists_[index];
  std::vector<Job> jobs = keys_.read_running(list.open, context_);
  scanned_ += jobs.size();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (list.open.length > read_at_most(list.open) && i + 1 == jobs.size())
      warnings_.push_back("a worker's list holds more than " + count_words(read_at_most(list.open),
                                                                           "entry: only that is shown",
                                                                           "entries: only those are shown"));
    if (!reader_.matches_filter(*list.open.place, jobs[i])) continue;
    const Timestamp order = order_of(jobs[i], infinite_future);
    add({std::move(jobs[i]), order, index, i, 0, std::nullopt});
  }
  list.walker->finish();
  list.frontier = infinite_past;
}

void Listing::read_held(std::size_t index) {
  List& list = lists_[index];
  if (list.held_back.empty()) return;
  if (read_at_once(*list.open.place)) {
    // Read again whole; only the positions that were held back are still to come.
    std::vector<Job> jobs = keys_.read_running(list.open, context_);
    for (const auto& [first, last] : list.held_back)
      for (std::uint64_t at = first; at <= last && at < jobs.size(); ++at) {
        const Timestamp order = order_of(jobs[at], infinite_future);
        add({std::move(jobs[at]), order, index, at, 0, std::nullopt});
      }
    return;
  }
  for (const Window& window : list.walker->read_ranges(list.held_back))
    for (MatchedEntry& found : reader_.read(list.open, window, window.elements.size()).jobs)
      consider(index, window, std::move(found));
}

void Listing::request_ahead(std::size_t index) {
  List& list = lists_[index];
  const bool searched = list.found_nothing > 0 || (storage_ && sparse_);
  const std::size_t ahead = searched ? windows_ahead : 1;
  // What was received and not looked at counts as well: else the whole list would come to lie here, window by window.
  while (!list.walker->received() && list.walker->requested() < ahead && list.walker->request(list.window))
    asked_.push_back(index);
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
  if (read_at_once(*list.open.place)) {
    for (; !asked_.empty(); asked_.pop_front()) lists_[asked_.front()].walker->receive();
    return read_whole_running_list(index);
  }
  if (!list.walker->received()) request_ahead(index);
  receive_for(index);
  if (!list.walker->received()) return;
  const Window window = list.walker->take();
  if (window.wrong_type) warnings_.push_back("a list became a key of another type: skipped");
  if (list.found_nothing > 0 && !window.last) request_ahead(index);
  const std::size_t before = waiting_.size();
  examine(index, window, storage_ ? query_.page_size - given_count_ : window.elements.size());
  list.found_nothing = waiting_.size() == before ? list.found_nothing + 1 : 0;
  const std::uint64_t bytes = window.reply->bytes.size();
  if (bytes > large_window_bytes)
    list.window = std::max<std::uint64_t>(1, list.window * large_window_bytes / bytes);
  else if (list.found_nothing > 0 || sparse_)
    list.window = largest_window;
  if (list.walker->finished()) list.frontier = infinite_past;
}

void Listing::examine(std::size_t index, const Window& window, std::size_t room) {
  List& list = lists_[index];
  // A window that asks the server again needs the connection for itself.
  if (reader_.asks_again(*list.open.place))
    for (; !asked_.empty(); asked_.pop_front()) lists_[asked_.front()].walker->receive();
  const std::size_t limit = storage_ ? room - std::min(room, waiting_.size()) : window.elements.size();
  // In the order of storage what is not read of a window is read with the next page.
  MatchedEntries found = reader_.read(list.open, window, limit, {}, storage_ ? most_page_bytes : UINT64_MAX);
  scanned_ += found.examined;
  for (MatchedEntry& one : found.jobs) consider(index, window, std::move(one));
  list.walker->use_only(window, found.examined);
  if (storage_ || window.elements.empty()) return;
  if (const std::optional<Timestamp> created = reader_.created_at(list.open, window.elements.back()))
    list.frontier = std::min(list.frontier, *created);
}

void Listing::consider(std::size_t index, const Window& window, MatchedEntry found) {
  const Timestamp order = order_of(found.job, lists_[index].frontier);
  add({std::move(found.job), order, index, window.position + found.element, lists_[index].walker->shift(),
       std::nullopt});
}

}  // namespace queuetrace

#include "backends/engines/redis/position_walker.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

/// Entries that neighbouring windows share, and that a cursor remembers; fewer where they take more bytes: they are
/// read again when the next page begins.
constexpr std::uint64_t overlap = 4;
constexpr std::uint64_t most_overlap_bytes = 1u << 20;

/// Windows searched for the anchors of a cursor before giving up.
constexpr int windows_searched = 64;

struct Match {
  std::uint64_t at = 0;      ///< first of the anchors in the window
  std::uint64_t length = 0;  ///< how many of them are there: all, or fewer where the list ends
};

/// Where `anchors` (hashes of neighbouring entries, newest first) are in the window; absent when they are not. At the
/// end of a list the later ones may have been consumed.
std::optional<Match> find_anchors(const std::vector<std::uint64_t>& anchors, const Window& window) {
  const std::vector<Element>& entries = window.elements;
  if (anchors.empty()) return std::nullopt;
  for (std::uint64_t at = 0; at < entries.size(); ++at) {
    const std::uint64_t length = std::min<std::uint64_t>(anchors.size(), entries.size() - at);
    if (length < anchors.size() && !window.last) break;
    bool same = true;
    for (std::size_t i = 0; same && i < length; ++i) same = fingerprint(entries[at + i].raw) == anchors[i];
    if (same) return Match{at, length};
  }
  return std::nullopt;
}

/// Bytes of an element in the server.
std::uint64_t bytes_of(const Element& element) { return std::max<std::uint64_t>(element.cut_from, element.raw.size()); }

std::uint64_t bytes_of(const Window& window) {
  std::uint64_t bytes = 0;
  for (const Element& element : window.elements) bytes += bytes_of(element);
  return bytes;
}

}  // namespace

PositionWalker::PositionWalker(RedisConnection& connection, const Place& place, ListProgress progress, Scores scores)
    : connection_(connection),
      place_(&place),
      scores_(scores),
      progress_(std::move(progress)),
      asked_(progress_.read),
      size_(progress_.length, progress_.memory) {}

RedisCommand PositionWalker::range_command(std::uint64_t first, std::uint64_t count) const {
  const auto from = static_cast<std::int64_t>(first);
  const auto to = static_cast<std::int64_t>(first + count) - 1;
  if (place_->container == Container::sorted_set) {
    RedisCommand command{"ZREVRANGE", progress_.key, std::to_string(from), std::to_string(to)};
    if (scores_ == Scores::read) command.arguments.emplace_back("WITHSCORES");
    return command;
  }
  const auto length = static_cast<std::int64_t>(progress_.length);
  std::int64_t start = from;
  std::int64_t stop = to;
  if (place_->newest == ListEnd::head && place_->append_only) {
    start = from - length;
    stop = std::min<std::int64_t>(to - length, -1);
  } else if (place_->newest == ListEnd::tail && place_->append_only) {
    start = std::max<std::int64_t>(length - 1 - to, 0);
    stop = length - 1 - from;
  } else if (place_->newest == ListEnd::tail) {
    start = -(to + 1);
    stop = -(from + 1);
  }
  return {"LRANGE", progress_.key, std::to_string(start), std::to_string(stop)};
}

bool PositionWalker::request(std::uint64_t size) {
  if (progress_.finished || asked_all_) return false;
  if (place_->append_only && asked_ >= progress_.length) {
    asked_all_ = true;
    if (requests_.empty() && windows_.empty()) progress_.finished = true;
    return false;
  }
  if (!size_.may_go_ahead(requests_.size())) return false;
  size = std::clamp<std::uint64_t>(size, 1, std::min(size_.most(), largest_window - overlap));
  const std::uint64_t back = place_->append_only ? 0 : std::min<std::uint64_t>({overlap, asked_, size});
  if (place_->append_only) size = std::min(size, progress_.length - asked_);
  const RedisCommand command = range_command(asked_ - back, size + back);
  connection_.send({&command, 1});
  requests_.push_back({asked_ - back, size + back, back});
  asked_ += size;
  return true;
}

Window PositionWalker::make_window(Reply reply, std::uint64_t position, std::uint64_t size) const {
  Window window;
  window.position = position;
  window.wrong_type = error_word(reply.root()) == "WRONGTYPE";
  if (!window.wrong_type) require_success(reply.root(), "read jobs by their position");
  window.reply = std::make_shared<const Reply>(std::move(reply));
  const bool ranked = place_->container == Container::sorted_set;
  const bool scored = ranked && scores_ == Scores::read;
  const std::uint64_t count = window.reply->size() / (scored ? 2 : 1);
  window.elements.reserve(count);
  const bool from_head = ranked || place_->newest == ListEnd::head;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::int64_t>(position + i);
    Element element;
    element.position = position + i;
    element.index = from_head ? at : static_cast<std::int64_t>(progress_.length) - 1 - at;
    if (scored) {
      element.raw = (*window.reply)[2 * i].text();
      element.score = (*window.reply)[2 * i + 1].text();
    } else {
      element.raw = (*window.reply)[from_head ? i : count - 1 - i].text();
    }
    element.cut_from = (*window.reply)[scored ? 2 * i : from_head ? i : count - 1 - i].cut_from();
    window.elements.push_back(element);
  }
  window.last = window.wrong_type || count < size || (place_->append_only && position + count >= progress_.length);
  return window;
}

void PositionWalker::receive() {
  const Request request = requests_.front();
  requests_.pop_front();
  windows_.push_back(make_window(connection_.receive(), request.position, request.size));
  size_.see(windows_.back().elements.size(), bytes_of(windows_.back()), request.repeated);
}

void PositionWalker::remember(const Window& window, std::size_t used) {
  if (place_->append_only || used == 0) return;
  std::size_t first = used - 1;
  for (std::uint64_t bytes = bytes_of(window.elements[first]); first > 0 && used - first < overlap; --first)
    if ((bytes += bytes_of(window.elements[first - 1])) > most_overlap_bytes) break;
  progress_.anchors.clear();
  for (std::size_t i = first; i < used; ++i) progress_.anchors.push_back(fingerprint(window.elements[i].raw));
}

Window PositionWalker::take() {
  Window window = std::move(windows_.front());
  windows_.pop_front();
  if (window.last) {
    progress_.finished = true;
    asked_all_ = true;
  }
  // Of large elements fewer are read again than are remembered.
  const std::uint64_t again = progress_.read - std::min(progress_.read, window.position);
  const std::uint64_t known = std::min<std::uint64_t>(again, progress_.anchors.size());
  const std::vector<std::uint64_t> anchors(progress_.anchors.end() - static_cast<std::ptrdiff_t>(known),
                                           progress_.anchors.end());
  if (const std::optional<Match> match = find_anchors(anchors, window)) {
    const std::uint64_t seen = match->at + match->length;
    const std::uint64_t end_now = window.position + match->at + anchors.size();
    shift_ += end_now - std::min(end_now, progress_.read);
    window.elements.erase(window.elements.begin(), window.elements.begin() + static_cast<std::ptrdiff_t>(seen));
    window.position += seen;
  } else if (!anchors.empty()) {
    lost_place_ = true;
  }
  anchors_before_ = progress_.anchors;
  remember(window, window.elements.size());
  progress_.read = window.position + window.elements.size();
  return window;
}

void PositionWalker::use_only(const Window& window, std::size_t used) {
  if (used == window.elements.size()) return;
  progress_.read = window.position + used;
  progress_.finished = false;
  progress_.anchors = anchors_before_;
  remember(window, used);
}

std::vector<Window> PositionWalker::read_ranges(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) {
  std::vector<Window> windows;
  for (const auto& [first, last] : ranges)
    for (std::uint64_t from = first; from <= last;) {
      const std::uint64_t count = std::min(size_.most(), last - from + 1);
      const RedisCommand command = range_command(from + shift_, count);
      Reply reply = std::move(connection_.pipeline({&command, 1}).front());
      windows.push_back(make_window(std::move(reply), from + shift_, count));
      size_.see(windows.back().elements.size(), bytes_of(windows.back()));
      from += count;
    }
  return windows;
}

void PositionWalker::align() {
  if (place_->append_only || progress_.anchors.empty() || progress_.read == 0) return;
  const std::uint64_t anchors = progress_.anchors.size();
  const std::uint64_t expected = progress_.read - std::min(anchors, progress_.read);
  std::uint64_t from = expected;
  for (int i = 0; i < windows_searched; ++i) {
    // As a rule they are where they were: a short look first. Of large elements an answer holds no more than it must.
    const std::uint64_t size = i == 0 ? anchors : std::max(anchors, size_.most());
    const RedisCommand command = range_command(from, size);
    Reply reply = std::move(connection_.pipeline({&command, 1}).front());
    const Window window = make_window(std::move(reply), from, size);
    if (const std::optional<Match> match = find_anchors(progress_.anchors, window)) {
      shift_ = from + match->at - expected;
      progress_.read += shift_;
      asked_ = progress_.read;
      return;
    }
    if (window.last) break;
    size_.see(window.elements.size(), bytes_of(window));
    if (i > 0) from += size - anchors + 1;
  }
  lost_place_ = true;
}

}  // namespace queuetrace

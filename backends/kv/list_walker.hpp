// Reads one Redis list from the end where entries are added, in pipelined windows, while others push and pop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/kv/cursor.hpp"
#include "backends/kv/dialect.hpp"
#include "backends/redis/connection.hpp"

namespace queuetrace {

/// The most elements one LRANGE may ask for: keeps any single command well under a millisecond.
inline constexpr std::uint64_t largest_window = 1000;

/// Some neighbouring entries of one list; owns their bytes.
struct ListWindow {
  std::shared_ptr<const Reply> reply;
  std::vector<Reply> companions;
  std::uint64_t position = 0;             ///< of the first entry, in the coordinates of this moment
  std::vector<std::string_view> entries;  ///< newest first
  std::vector<std::int64_t> indexes;      ///< from the head, when known; as long as `entries`
  bool last = false;                      ///< nothing follows
  bool wrong_type = false;
};

/// Positions count from the newest end. An append-only list is read by indexes from its old end, which pushes do not
/// move. Any other list is read by indexes from the newest end: each window overlaps the one before, so that entries
/// pushed meanwhile are noticed and none is given twice; entries that stay are never missed. When the overlap cannot
/// be found again (more was pushed than a window holds, or the entries were consumed) entries may repeat.
class ListWalker {
 public:
  ListWalker(RedisConnection& connection, const Place& place, ListProgress progress);

  /// Asks for the next window of at most `size` entries without waiting. Windows arrive in the order they were asked
  /// for. False when everything has been asked for.
  bool request(std::uint64_t size);
  std::size_t requested() const { return requests_.size(); }

  /// Takes the reply of the oldest request of this walker from the connection: walkers that share a connection must
  /// be served in the order of their requests.
  void receive();
  bool received() const { return !windows_.empty(); }

  /// The next new entries; may be empty. Requires received().
  ListWindow take();

  const Place& place() const { return *place_; }
  const std::string& key() const { return progress_.key; }
  bool finished() const { return progress_.finished && windows_.empty(); }
  /// Reads no further; what was received and not taken is dropped.
  void finish() {
    progress_.finished = true;
    asked_all_ = true;
    windows_.clear();
  }

  /// Says that only the first `used` entries of the window taken last were used: the rest is read again later.
  void use_only(const ListWindow& window, std::size_t used);

  /// How far everything given out goes.
  const ListProgress& progress() const { return progress_; }
  /// How many entries were pushed since this walker began: position then + shift = position now.
  std::uint64_t shift() const { return shift_; }
  /// Entries may repeat, see above.
  bool lost_place() const { return lost_place_; }

  /// Entries at known positions (the `held` ranges of a cursor), moved by shift(). For use right after align().
  std::vector<ListWindow> read_ranges(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges);

  /// Finds the place again after a pause: looks for the anchors of the cursor and sets shift(). Bounded.
  void align();

 private:
  struct Request {
    std::uint64_t position = 0;
    std::uint64_t size = 0;
  };
  RedisCommand range_command(std::uint64_t first, std::uint64_t count) const;
  ListWindow make_window(Reply reply, std::uint64_t position, std::uint64_t size) const;
  void remember(const ListWindow& window, std::size_t used);

  RedisConnection& connection_;
  const Place* place_;
  ListProgress progress_;
  std::uint64_t asked_ = 0;  ///< positions below were asked for
  std::uint64_t shift_ = 0;
  std::vector<std::uint64_t> anchors_before_;
  bool lost_place_ = false;
  bool asked_all_ = false;
  std::deque<Request> requests_;
  std::deque<ListWindow> windows_;
};

}  // namespace queuetrace

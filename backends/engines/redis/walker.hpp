// Reads one container of jobs in bounded windows: the interface the listing sees, whatever the container is.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "backends/engines/redis/cursor.hpp"
#include "backends/engines/redis/system.hpp"
#include "backends/engines/redis/window_size.hpp"

namespace queuetrace {

/// One element of a window; views into its reply.
struct Element {
  std::string_view raw;         ///< payload or id; of a record its key; of a hash the value
  std::int64_t index = 0;       ///< list: from the head, when known; sorted set: from the highest score
  std::string_view field = {};  ///< hash only
  std::string_view score = {};  ///< sorted set only
  std::uint64_t position = 0;   ///< list: from the end it is read from
  std::uint64_t cut_from = 0;   ///< its length where only the beginning of it was kept; 0: it is whole
};

/// Some elements of one container; owns their bytes.
struct Window {
  std::shared_ptr<const Reply> reply;
  std::uint64_t position = 0;     ///< of the first, in the coordinates of this moment; 0 without positions
  std::vector<Element> elements;  ///< newest first, where the container has positions
  bool last = false;              ///< nothing follows
  bool wrong_type = false;
};

class Walker {
 public:
  virtual ~Walker() = default;

  /// Asks for the next window of about `size` elements, fewer where they are large (WindowSize), without waiting.
  /// Windows arrive in the order they were asked for. False when nothing more can be asked for now.
  virtual bool request(std::uint64_t size) = 0;
  /// Windows asked for and not received.
  virtual std::size_t requested() const = 0;
  /// Takes the reply of the oldest request of this walker from the connection: walkers that share a connection must
  /// be served in the order of their requests.
  virtual void receive() = 0;
  virtual bool received() const = 0;
  /// The next new elements; may be empty. Requires received().
  virtual Window take() = 0;
  /// Says that only the first `used` elements of the window taken last were used: the rest is read again later.
  virtual void use_only(const Window& window, std::size_t used) = 0;

  virtual bool finished() const = 0;
  /// Reads no further; what was received and not taken is dropped.
  virtual void finish() = 0;

  /// How far everything given out goes.
  virtual const ListProgress& progress() const = 0;
  /// How many elements were added since this walker began: position then + shift = position now.
  virtual std::uint64_t shift() const { return 0; }
  /// Elements may repeat.
  virtual bool lost_place() const { return false; }
  /// Finds the place again after a pause. Bounded.
  virtual void align() {}
  /// Elements at known positions (the `held` ranges of a cursor), moved by shift(). For use right after align().
  virtual std::vector<Window> read_ranges(const std::vector<std::pair<std::uint64_t, std::uint64_t>>&) { return {}; }
};

/// Whether a place can be read newest first, window by window.
bool is_ordered(const Place& place);

/// The walker for a place's container. `system` says which keys belong to a family of records.
std::unique_ptr<Walker> make_walker(RedisConnection& connection, const RedisSystem& system, const Place& place,
                                    ListProgress progress);

}  // namespace queuetrace

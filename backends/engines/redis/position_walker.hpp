// Reads a list from the end where entries are added, or a sorted set from its highest score, in pipelined windows,
// while others push and pop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Positions count from the newest end. An append-only list is read by indexes from its old end, which pushes do not
/// move. Any other list is read by indexes from the newest end: each window overlaps the one before, so that entries
/// pushed meanwhile are noticed and none is given twice; entries that stay are never missed. When the overlap cannot
/// be found again (more was pushed than a window holds, or the entries were consumed) entries may repeat.
class PositionWalker : public Walker {
 public:
  /// Whether elements of a sorted set come with their scores. The server takes longer to write those than everything
  /// else.
  enum class Scores { read, left_out };

  PositionWalker(RedisConnection& connection, const Place& place, ListProgress progress, Scores scores = Scores::read);

  bool request(std::uint64_t size) override;
  std::size_t requested() const override { return requests_.size(); }
  void receive() override;
  bool received() const override { return !windows_.empty(); }
  Window take() override;
  void use_only(const Window& window, std::size_t used) override;
  bool finished() const override { return progress_.finished && windows_.empty(); }
  void finish() override {
    progress_.finished = true;
    asked_all_ = true;
    windows_.clear();
  }
  const ListProgress& progress() const override { return progress_; }
  std::uint64_t shift() const override { return shift_; }
  bool lost_place() const override { return lost_place_; }
  std::vector<Window> read_ranges(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) override;
  /// Looks for the anchors of the cursor and sets shift().
  void align() override;

 private:
  struct Request {
    std::uint64_t position = 0;
    std::uint64_t size = 0;
    std::uint64_t repeated = 0;  ///< of its first elements, that the request before also asked for
  };
  RedisCommand range_command(std::uint64_t first, std::uint64_t count) const;
  Window make_window(Reply reply, std::uint64_t position, std::uint64_t size) const;
  void remember(const Window& window, std::size_t used);

  RedisConnection& connection_;
  const Place* place_;
  Scores scores_;
  ListProgress progress_;
  std::uint64_t asked_ = 0;  ///< positions below were asked for
  std::uint64_t shift_ = 0;
  std::vector<std::uint64_t> anchors_before_;
  bool lost_place_ = false;
  bool asked_all_ = false;
  WindowSize size_;
  std::deque<Request> requests_;
  std::deque<Window> windows_;
};

}  // namespace queuetrace

// Reads a container that has no positions, or the keys of a family of records, with SCAN and its relatives.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {

/// Fingerprints of what was seen, in flat memory (16 MiB at most): SCAN may return an element twice.
class SeenElements {
 public:
  /// Whether `hash` is new. After a million different ones nothing more is remembered.
  bool add(std::uint64_t hash);

 private:
  void grow();
  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
  std::size_t count_ = 0;
};

/// Elements that stay while the container is read are given out at least once, each once in the life of a walker. One
/// request is under way at a time, because each answer names the next. A batch comes sorted by bytes, so that a cursor
/// can say which of it were used.
class ScanWalker : public Walker {
 public:
  ScanWalker(RedisConnection& connection, const RedisSystem& system, const Place& place, ListProgress progress);

  /// Records whose id begins with this text only. Before the first request.
  void only_ids_with(const std::string& beginning) { beginning_ = beginning; }

  bool request(std::uint64_t size) override;
  std::size_t requested() const override { return asked_ ? 1 : 0; }
  void receive() override;
  bool received() const override { return received_; }
  Window take() override;
  void use_only(const Window& window, std::size_t used) override;
  bool finished() const override { return progress_.finished && !received_; }
  void finish() override {
    progress_.finished = true;
    received_ = false;
  }
  const ListProgress& progress() const override { return progress_; }

 private:
  RedisCommand scan_command(std::uint64_t size) const;
  void collect(Reply::View answer, std::vector<Element>& elements) const;

  RedisConnection& connection_;
  const RedisSystem& system_;
  const Place* place_;
  ListProgress progress_;
  std::string beginning_;
  bool asked_ = false;
  bool received_ = false;
  Window window_;
  ListProgress before_;  ///< how far it was before the window taken last
  std::string next_scan_;
  SeenElements seen_;
  WindowSize size_;
};

}  // namespace queuetrace

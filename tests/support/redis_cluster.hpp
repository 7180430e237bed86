// A Redis Cluster of three masters on the loopback address, each with a replica where a test wants one.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_server.hpp"

namespace queuetrace::test {

/// The masters hold a third of the slots each.
class RedisCluster {
 public:
  /// Returns when every server says that the cluster is well.
  explicit RedisCluster(bool with_replicas = false);

  std::string url() const;  ///< names one of the masters
  RedisTarget target() const;

  std::size_t owner_of(const std::string& key) const { return owners_[slot_of(key)]; }
  RedisServer& master(std::size_t number) { return *masters_[number]; }
  /// Each command at the master of its key, its first argument.
  void run(const std::vector<std::vector<std::string>>& commands);
  std::string ask(const std::vector<std::string>& command);

  /// Lets another master take the slot of the key over: from then on it may be half here and half there.
  void begin_to_move(const std::string& key, std::size_t to);
  /// Moves these keys, which are of that slot.
  void move(const std::vector<std::string>& keys, std::size_t to);
  /// Moves all that is left and tells every master.
  void finish_moving(const std::string& key, std::size_t to);

  /// Ends a master (SIGKILL) whose replica has read everything, and returns when its replica has taken its place.
  void lose(std::size_t number);

 private:
  static std::size_t slot_of(const std::string& key);
  void meet(const std::vector<RedisServer*>& servers);

  std::array<std::unique_ptr<RedisServer>, 3> masters_;
  std::vector<std::unique_ptr<RedisServer>> replicas_;  ///< by number of their master
  std::vector<std::size_t> owners_;                     ///< by slot
};

}  // namespace queuetrace::test

// Forms a command from the one before it in a pipeline: thousands are alike but for their keys.
#pragma once

#include <optional>
#include <string>

#include "backends/drivers/redis/command.hpp"

namespace queuetrace {

/// Looking a command up in the list of commands and forming it takes longer than everything else that is done to send
/// it. One that differs from an allowed one in its key alone is allowed, and has its form.
class LikeCommand {
 public:
  /// `command`, which must live until the next call, is a read command whose wire form stands in `wire` from `begin` to
  /// the end.
  void follow(const RedisCommand& command, const std::string& wire, std::size_t begin);

  /// Nothing is taken over by the next command.
  void forget() { before_ = nullptr; }

  /// Adds the wire form of `command` to `wire`, when it is the one before with another key; false, with nothing added,
  /// for any other.
  bool add(const RedisCommand& command, std::string& wire);

 private:
  const RedisCommand* before_ = nullptr;
  std::size_t place_ = 0;                 ///< of the key among the arguments
  std::size_t head_ = 0, head_size_ = 0;  ///< what stands in `wire` before the key's length
  std::size_t tail_ = 0, tail_size_ = 0;  ///< and behind the key's bytes
};

}  // namespace queuetrace

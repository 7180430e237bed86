// A kept connection to a test's Redis server that sends any command: what replayed workers use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_server.hpp"

struct redisContext;

namespace queuetrace::test {

/// Use from one thread at a time.
class RedisSession {
 public:
  using Command = std::vector<std::string>;

  struct Answer {
    bool is_nil = false;
    std::string text;  ///< of a text or a status
    std::int64_t number = 0;
    std::vector<Answer> elements;
  };

  /// Throws std::runtime_error when the server cannot be reached.
  explicit RedisSession(const RedisServer& server);

  /// Throws what the server says when it refuses.
  Answer ask(const Command& command);
  /// Sends all at once; the server runs other clients' commands between them.
  std::vector<Answer> ask_all(const std::vector<Command>& commands);

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };
  void send(const Command& command);
  Answer receive();

  std::unique_ptr<redisContext, Free> context_;
};

/// Everything in the database: each list in its order, each hash, set, sorted set (with scores) and stream by its
/// members, and whether a key expires; sorted by key.
std::vector<std::string> lines_of(RedisSession& session);

}  // namespace queuetrace::test

// Bytes from a server to replies: hiredis' reader, with bounds on what a server may make us keep.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "backends/drivers/redis/reply.hpp"

struct redisReader;

namespace queuetrace {

/// What one reply may hold. Beyond it the reader fails before it allocates.
struct ReplyLimits {
  std::uint64_t bytes = 512ull << 20;   ///< of one string, and of all strings of a reply
  std::uint64_t elements = 1ull << 20;  ///< of all arrays of a reply
  unsigned depth = 32;                  ///< arrays in arrays (hiredis before 1.0 stops at 7)
};

/// After a failure the stream is out of step: the connection must be closed.
class ReplyReader {
 public:
  explicit ReplyReader(ReplyLimits limits = {});
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  /// Takes bytes as they came. Throws Error{unreachable} (protocol error).
  void feed(std::string_view bytes);

  /// The next whole reply; absent until more bytes are fed. Throws Error{unreachable} (protocol error).
  std::optional<Reply> next();

 private:
  struct Building;
  struct Functions;
  void check_announced_length() const;

  std::unique_ptr<Building> building_;
  redisReader* reader_ = nullptr;
};

}  // namespace queuetrace

// When keys expire, as a backup keeps it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "backends/drivers/redis/connection.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// Asks a server for the moments at which keys expire, in ms since 1970 UTC.
///
/// Redis 7.0 and later tell the moment itself (PEXPIRETIME), so that a key restored expires exactly when it would have.
/// Older servers, and users who may not ask that, tell how long a key still has (PTTL); added to the server's time of
/// the same pipeline this can be late by the time the pipeline took.
class ExpiryQuestions {
 public:
  /// One round trip that asks for `key`, to see which of the two the server answers. Blocks; throws network as
  /// pipeline() does.
  ExpiryQuestions(RedisConnection& connection, const std::string& key);

  RedisCommand about(const std::string& key) const;

  /// Nothing where the key does not expire, is not there, or must not be asked. `now`: the server's time.
  std::optional<std::int64_t> moment(const Reply& reply, Timestamp now) const;

 private:
  bool tells_moments_;
};

}  // namespace queuetrace

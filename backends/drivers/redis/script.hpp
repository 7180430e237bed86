// A Lua script as it is sent to servers: by its digest where they know it.
#pragma once

#include <string>
#include <string_view>

#include "backends/drivers/redis/command.hpp"

namespace queuetrace {

/// SHA-1 as 40 hex digits, as `redis.sha1hex` of a script gives it.
std::string sha1_hex(std::string_view text);

/// One run of a script: the keys it declares and its values.
struct ScriptCall {
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

class RedisScript {
 public:
  /// `text` is constant: what differs between two runs is in ScriptCall.
  explicit RedisScript(std::string text);

  RedisCommand by_digest(ScriptCall call) const;  ///< EVALSHA; a server that does not know it says NOSCRIPT
  RedisCommand by_text(ScriptCall call) const;    ///< EVAL

  /// The call that a command was made of: large values are held once, by the command or by the call.
  static ScriptCall call_of(RedisCommand command);

 private:
  std::string text_;
  std::string digest_;  ///< SHA-1, 40 hex digits
};

}  // namespace queuetrace

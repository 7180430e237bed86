// A server that does not speak Redis, or lies in it.
#pragma once

#include <string>

#include "model/error.hpp"

namespace queuetrace {

/// Throws Error{unreachable}. After it the stream is out of step: the connection must be closed.
[[noreturn]] inline void throw_protocol_error(const std::string& cause) {
  throw Error(ErrorKind::unreachable, "protocol error from the Redis server, connection closed")
      .because(Untrusted(cause))
      .with_hint("is this a Redis server?");
}

}  // namespace queuetrace

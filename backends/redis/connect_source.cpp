// From a source's URL to a connection.
#include "backends/redis/connection.hpp"
#include "model/error.hpp"

namespace queuetrace {

std::shared_ptr<RedisConnection> connect_redis(const Source& source) {
  const std::optional<ConnectionUrl> url = parse_connection_url(source.url.reveal());
  if (!url)
    throw Error(ErrorKind::usage, "the URL of source '" + source.name + "' (" + source.origin + ") cannot be read");
  return connect_redis(make_redis_target(*url, source));
}

}  // namespace queuetrace

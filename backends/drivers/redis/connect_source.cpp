// From a source's URL to a connection.
#include "backends/drivers/redis/connection.hpp"
#include "model/error.hpp"

namespace queuetrace {

std::shared_ptr<RedisConnection> connect_redis(const Source& source, Access access) {
  const std::optional<ConnectionUrl> url = parse_connection_url(source.url.reveal());
  if (!url)
    throw Error(ErrorKind::usage, "the URL of source '" + source.name + "' (" + source.origin + ") cannot be read");
  RedisTarget target = make_redis_target(*url, source);
  target.access = access;
  return connect_redis(target);
}

}  // namespace queuetrace

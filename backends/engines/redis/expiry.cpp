#include "backends/engines/redis/expiry.hpp"

#include <vector>

namespace queuetrace {

ExpiryQuestions::ExpiryQuestions(RedisConnection& connection, const std::string& key) {
  const std::vector<RedisCommand> question{{"PEXPIRETIME", key}};
  tells_moments_ = connection.pipeline(question).front().is(Reply::Type::integer);
}

RedisCommand ExpiryQuestions::about(const std::string& key) const {
  return {tells_moments_ ? "PEXPIRETIME" : "PTTL", key};
}

std::optional<std::int64_t> ExpiryQuestions::moment(const Reply& reply, Timestamp now) const {
  if (!reply.is(Reply::Type::integer) || reply.integer() < 0) return std::nullopt;
  return tells_moments_ ? reply.integer() : unix_milliseconds(now) + reply.integer();
}

}  // namespace queuetrace

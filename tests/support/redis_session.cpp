#include "tests/support/redis_session.hpp"

#include <hiredis/hiredis.h>

#include <stdexcept>

namespace queuetrace::test {
namespace {

RedisSession::Answer read_reply(const redisReply& reply) {
  RedisSession::Answer answer;
  switch (reply.type) {
    case REDIS_REPLY_NIL: answer.is_nil = true; break;
    case REDIS_REPLY_INTEGER: answer.number = reply.integer; break;
    case REDIS_REPLY_ARRAY:
      for (std::size_t i = 0; i < reply.elements; ++i) answer.elements.push_back(read_reply(*reply.element[i]));
      break;
    default: answer.text.assign(reply.str, reply.len);
  }
  return answer;
}

}  // namespace

void RedisSession::Free::operator()(redisContext* context) const { redisFree(context); }

RedisSession::RedisSession(const RedisServer& server) : context_(redisConnectUnix(server.socket_path().c_str())) {
  if (!context_ || context_->err != 0) throw std::runtime_error("cannot reach the test's Redis server");
}

void RedisSession::send(const Command& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(), sizes.data());
}

RedisSession::Answer RedisSession::receive() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) throw std::runtime_error(context_->errstr);
  const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(raw), freeReplyObject);
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(std::string(reply->str, reply->len));
  return read_reply(*reply);
}

RedisSession::Answer RedisSession::ask(const Command& command) {
  send(command);
  return receive();
}

std::vector<RedisSession::Answer> RedisSession::ask_all(const std::vector<Command>& commands) {
  for (const Command& command : commands) send(command);
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < commands.size(); ++i) answers.push_back(receive());
  return answers;
}

}  // namespace queuetrace::test

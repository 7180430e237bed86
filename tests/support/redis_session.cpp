#include "tests/support/redis_session.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
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

void add_texts(const RedisSession::Answer& answer, std::vector<std::string>& texts) {
  if (answer.elements.empty()) texts.push_back(answer.text);
  for (const RedisSession::Answer& element : answer.elements) add_texts(element, texts);
}

/// Hashes and sets have no order of their own: their items (of `width` texts each) are sorted.
std::vector<std::string> items(const std::vector<std::string>& texts, std::size_t width, bool has_order) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i + width <= texts.size(); i += width) {
    std::string item = texts[i];
    for (std::size_t more = 1; more < width; ++more) item += " = " + texts[i + more];
    found.push_back(std::move(item));
  }
  if (!has_order) std::ranges::sort(found);
  return found;
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

std::vector<std::string> lines_of(RedisSession& session) {
  struct Reading {
    std::string type;
    RedisSession::Command command;  ///< the key goes behind the first word
    std::size_t width = 1;
    bool has_order = true;
  };
  const std::vector<Reading> readings{{"string", {"GET"}},
                                      {"list", {"LRANGE", "0", "-1"}},
                                      {"hash", {"HGETALL"}, 2, false},
                                      {"set", {"SMEMBERS"}, 1, false},
                                      {"zset", {"ZRANGE", "0", "-1", "WITHSCORES"}, 2},
                                      {"stream", {"XRANGE", "-", "+"}}};
  std::vector<std::string> keys;
  for (const RedisSession::Answer& key : session.ask({"KEYS", "*"}).elements) keys.push_back(key.text);
  std::ranges::sort(keys);
  std::vector<std::string> lines;
  for (const std::string& key : keys) {
    const std::string type = session.ask({"TYPE", key}).text;
    const auto reading = std::ranges::find(readings, type, &Reading::type);
    if (reading == readings.end()) throw std::runtime_error("a key of type " + type);
    RedisSession::Command command = reading->command;
    command.insert(command.begin() + 1, key);
    std::vector<std::string> texts;
    add_texts(session.ask(command), texts);
    lines.push_back(key + (session.ask({"PTTL", key}).number < 0 ? " stays" : " expires"));
    for (const std::string& item : items(texts, reading->width, reading->has_order)) lines.push_back(key + ": " + item);
  }
  return lines;
}

}  // namespace queuetrace::test

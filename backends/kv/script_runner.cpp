#include "backends/kv/script_runner.hpp"

#include "backends/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t under_way = 2;

}  // namespace

std::vector<ScriptResult> run_script(RedisConnection& connection, const RedisScript& script,
                                     std::span<const ScriptCall> calls) {
  std::vector<ScriptResult> results(calls.size());
  connection.discard_outstanding();
  std::size_t sent = 0, answered = 0;
  const auto send = [&](const RedisCommand& command, ScriptResult& result) {
    result.fate = ScriptResult::Fate::lost;  // until it is answered
    connection.send({&command, 1});
  };
  try {
    while (answered < calls.size()) {
      while (sent < calls.size() && sent < answered + under_way) {
        ++sent;
        send(script.by_digest(calls[sent - 1]), results[sent - 1]);
      }
      ScriptResult& result = results[answered];
      result.reply = connection.receive();
      if (error_word(result.reply.root()) == "NOSCRIPT") {
        // Nothing ran. Runs that were sent after this one are refused for the same reason, or known by then.
        std::vector<Reply> behind;
        while (connection.outstanding() > 0) behind.push_back(connection.receive());
        send(script.by_text(calls[answered]), result);
        result.reply = connection.receive();
        for (std::size_t i = 0; i < behind.size(); ++i) {
          ScriptResult& next = results[answered + 1 + i];
          next.reply = std::move(behind[i]);
          if (error_word(next.reply.root()) == "NOSCRIPT") {
            send(script.by_text(calls[answered + 1 + i]), next);
            next.reply = connection.receive();
          }
          next.fate = ScriptResult::Fate::answered;
        }
        result.fate = ScriptResult::Fate::answered;
        answered += 1 + behind.size();
        continue;
      }
      result.fate = ScriptResult::Fate::answered;
      ++answered;
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unreachable) throw;
    for (ScriptResult& result : results)
      if (result.fate == ScriptResult::Fate::lost) result.cause = error.cause();
  }
  return results;
}

}  // namespace queuetrace

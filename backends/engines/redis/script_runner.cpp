#include "backends/engines/redis/script_runner.hpp"

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Reply run(RedisConnection& connection, const RedisCommand& command) {
  connection.send({&command, 1});
  return connection.receive();
}

}  // namespace

std::vector<ScriptResult> run_script(RedisConnection& connection, const RedisScript& script,
                                     std::span<ScriptCall> calls) {
  std::vector<ScriptResult> results(calls.size());
  connection.discard_outstanding();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    ScriptResult& result = results[i];
    RedisCommand command = script.by_digest(std::move(calls[i]));
    try {
      result.reply = run(connection, command);
      // Nothing ran: the server does not know the text.
      if (error_word(result.reply.root()) == "NOSCRIPT") {
        command = script.by_text(RedisScript::call_of(std::move(command)));
        result.reply = run(connection, command);
      }
      result.fate = ScriptResult::Fate::answered;
    } catch (const Error& error) {
      if (!is_unanswered(error.kind())) throw;
      result.fate = ScriptResult::Fate::lost;
      result.cause = error.cause();
    }
    calls[i] = RedisScript::call_of(std::move(command));
    if (result.fate == ScriptResult::Fate::lost) break;
  }
  return results;
}

bool report_unanswered(TargetReport& target, const ScriptResult& result) {
  switch (result.fate) {
    case ScriptResult::Fate::not_sent:
      target.set(Outcome::failed, "the connection was lost before this was sent");
      return true;
    case ScriptResult::Fate::lost:
      target.set(Outcome::unknown, "the connection was lost before the server answered", result.cause);
      return true;
    case ScriptResult::Fate::answered: break;
  }
  if (!result.reply.is(Reply::Type::error)) return false;
  target.set(Outcome::failed, "the server refused the script", Untrusted(std::string(result.reply.text())));
  return true;
}

}  // namespace queuetrace

// Runs one script many times, one run after the other, and says what became of each.
#pragma once

#include <span>
#include <vector>

#include "backends/drivers/redis/connection.hpp"
#include "backends/drivers/redis/script.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// What became of one run. `not_sent`: the connection was gone before. `lost`: it went while the answer was awaited, so
/// it is unknown whether the script ran.
struct ScriptResult {
  enum class Fate { answered, not_sent, lost };
  Fate fate = Fate::not_sent;
  Reply reply;      ///< answered; may be an error reply
  Untrusted cause;  ///< lost: what the connection said
};

/// One run at a time is under way, so that other clients of the server never wait for more than one of ours. Sends the
/// text of the script where the server does not know it. Never sends a run twice that may have been executed. Does not
/// throw for a lost connection. Calls are as they were afterwards: their values are moved to what is sent and back, so
/// that large ones are not held twice.
std::vector<ScriptResult> run_script(RedisConnection& connection, const RedisScript& script,
                                     std::span<ScriptCall> calls);

/// Says what became of a target whose run has no answer of the script's own. False, and nothing is said: it has one.
bool report_unanswered(TargetReport& target, const ScriptResult& result);

}  // namespace queuetrace

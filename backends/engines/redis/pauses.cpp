#include "backends/engines/redis/pauses.hpp"

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "backends/engines/redis/undo_notes.hpp"
#include "backends/engines/redis/undo_script.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Form = RedisPausing::Form;

// KEYS: the set, the key, or the hash. ARGV: the form, `pause` or `resume`, the queue or the field, what is written,
// and 1 where whatever stands there means a pause.
constexpr std::string_view pause_script = R"lua(
local key, form, pause, name, value = KEYS[1], ARGV[1], ARGV[2] == 'pause', ARGV[3], ARGV[4]
local changed
if form == 'member' then
  changed = redis.call(pause and 'SADD' or 'SREM', key, name) == 1
elseif form == 'key' then
  local there = redis.call('GET', key)
  if pause then
    changed = not there or (ARGV[5] == '0' and there ~= value)
    if changed then redis.call('SET', key, value) end
  else
    changed = redis.call('DEL', key) == 1
  end
else
  local there = redis.call('HGET', key, name)
  if pause then
    changed = not there or (ARGV[5] == '0' and there ~= value)
    if changed then redis.call('HSET', key, name, value) end
  else
    changed = redis.call('HDEL', key, name) == 1
  end
end
return {changed and 'done' or 'already'}
)lua";

std::string_view word_of(Form form) { return form == Form::member ? "member" : form == Form::key ? "key" : "field"; }

std::string filled(std::string_view written, Timestamp now) {
  std::string text(written);
  constexpr std::string_view mark = "{now}";
  if (const std::size_t at = text.find(mark); at != std::string::npos)
    text.replace(at, mark.size(), std::to_string(unix_milliseconds(now) / 1000));
  return text;
}

ScriptCall engine_call(RedisKeyspace& keys, const PauseChange& change) {
  const RedisPausing& rule = keys.system().pause;
  const std::string key = fill_key(rule.key, {.prefix = keys.deployment().prefix, .queue = change.queue});
  return {{key},
          {std::string(word_of(rule.form)), change.paused ? "pause" : "resume",
           rule.form == Form::member ? change.queue : std::string(rule.field), filled(rule.written, keys.server_time()),
           rule.means_paused == nullptr ? "1" : "0"}};
}

}  // namespace

QueuePauses QueuePauses::read(RedisKeyspace& keys, const std::vector<std::string>& queues) {
  QueuePauses pauses;
  const RedisPausing& rule = keys.system().pause;
  if (rule.form == Form::none) return pauses;
  pauses.known_ = true;
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues) {
    const std::string key = fill_key(rule.key, {.prefix = keys.deployment().prefix, .queue = queue});
    switch (rule.form) {
      case Form::member: commands.push_back({"SISMEMBER", key, queue}); break;
      case Form::key: commands.push_back({"GET", key}); break;
      default: commands.push_back({"HGET", key, std::string(rule.field)});
    }
  }
  const std::vector<Reply> replies = keys.connection().pipeline(commands);
  for (std::size_t i = 0; i < queues.size(); ++i) {
    if (error_word(replies[i].root()) == "WRONGTYPE") continue;
    require_success(replies[i].root(), "read whether a queue is paused");
    if (rule.form == Form::member) {
      if (replies[i].integer() == 1) pauses.paused_.emplace(queues[i], QueuePause{});
      continue;
    }
    if (!replies[i].is(Reply::Type::string)) continue;
    if (rule.means_paused != nullptr && !rule.means_paused(replies[i].text())) continue;
    QueuePause pause;
    if (rule.since != nullptr) pause.since = rule.since(replies[i].text());
    pauses.paused_.emplace(queues[i], pause);
  }
  return pauses;
}

const QueuePause* QueuePauses::find(std::string_view queue) const {
  const auto found = paused_.find(queue);
  return found == paused_.end() ? nullptr : &found->second;
}

std::string pause_note(const QueuePause& pause) {
  return "queue is paused" + (pause.since ? " since " + to_rfc3339(*pause.since) : std::string());
}

TargetReport change_pause(RedisKeyspace& keys, const PauseChange& change) {
  const RedisPausing& rule = keys.system().pause;
  ScriptCall call;
  if (rule.fill != nullptr)
    rule.fill(call, keys.deployment(), change.queue, change.paused);
  else
    call = engine_call(keys, change);
  const RedisScript script(recorded(rule.fill != nullptr ? rule.script.whole() : std::string(pause_script)));
  const ScriptResult result = run_script(keys.connection(), script, {&call, 1}).front();
  TargetReport report;
  report.id = Untrusted(change.queue);
  if (report_unanswered(report, result)) return report;
  const std::string_view word = result.reply.size() == 3 ? result.reply[0].text() : std::string_view();
  if (word == "done") {
    report.undo = undo_content(report, result, 0, call);
    return report;
  }
  if (word == "already") {
    report.set(Outcome::already, change.paused ? "it is paused" : "it is not paused");
    return report;
  }
  for (const ScriptAnswer& answer : rule.answers)
    if (answer.word == word) {
      report.set(answer.outcome, answer.reason);
      return report;
    }
  throw Error(ErrorKind::internal, "a script answered with an unknown word").because(Untrusted(std::string(word)));
}

}  // namespace queuetrace

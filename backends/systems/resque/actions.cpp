// What can be done to jobs of Resque (docs/systems/resque.md section 5). A job's bytes are its identity; the library's
// own deletion looks for class and arguments alone and misses whatever carries a trace.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/list_change.hpp"
#include "backends/systems/resque/parts.hpp"

namespace queuetrace::resque {
namespace {

using nlohmann::json;

constexpr std::string_view busy =
    "running: nothing in the store stops it; a signal (USR1) to its worker's process kills its child";
constexpr std::string_view no_job = "it is no job in JSON: a worker that takes it ends over it";
constexpr std::string_view no_queue = "it names no queue to go to";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  if (job.state == JobState::pending) return already("it waits in its queue");
  if (has_note(job, "retried")) return already("it was enqueued anew: this is the record of its failure");
  if (has_note(job, "undecodable")) return skip(no_job);
  if (!job.queue || job.queue->empty()) return skip(no_queue);
  return {};
}

Judgement judge_removal(const Action&, const Job& job, const Deployment&) {
  return job.state == JobState::running ? skip(busy) : Judgement();
}

Judgement judge_cancel(const Action& action, const Job& job, const Deployment& deployment) {
  if (job.state == JobState::failed) return skip("it has ended");
  return judge_removal(action, job, deployment);
}

Judgement judge_move(const Action& action, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  if (job.state == JobState::failed) return skip("failed: retry puts it into its queue first");
  if (job.state != JobState::pending)
    return skip("delayed: its queue is part of the index that resque-scheduler finds it by; retry it first");
  if (job.queue && job.queue->raw() == action.queue) return already("its queue is that one");
  return {};
}

// Before list_change_script: what waits for its time is in the scheduler's index and, with its list, in the schedule.
// KEYS: the list, the schedule; further keys that values name by their index. ARGV: `delayed`, LPUSH or RPUSH, the time
// of the list; then six a target: the element, the index of its key in the index and what stands there for the list,
// the index of the destination (0: none), what is pushed there, its queue's name. The set of queues is the third key.
// The push comes before the removal: it is the only step that a full server refuses.
constexpr std::string_view delayed_script = R"lua(
if ARGV[1] == 'delayed' then
  local list, schedule, queues = KEYS[1], KEYS[2], KEYS[3]
  local function change(element, index, mark, to, put, queue)
    if to > 0 then
      local kind = redis.call('TYPE', KEYS[to]).ok
      if kind ~= 'list' and kind ~= 'none' then return 'wrong-type' end
    end
    if not redis.call('LPOS', list, element) then return 'gone' end
    if to > 0 then
      local pushed = redis.pcall(ARGV[2], KEYS[to], put)
      if type(pushed) == 'table' and pushed.err then return 'error ' .. pushed.err end
    end
    redis.call('LREM', list, 1, element)
    if not redis.call('LPOS', list, element) then redis.call('SREM', KEYS[index], mark) end
    if redis.call('EXISTS', list) == 0 then redis.call('ZREM', schedule, ARGV[3]) end
    if to > 0 then redis.name(queues, queue, KEYS[to]) end
    return 'done'
  end
  local answers = {}
  for at = 4, #ARGV, 6 do
    redis.target()
    answers[#answers + 1] = change(ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3]),
                                   ARGV[at + 4], ARGV[at + 5])
  end
  return answers
end
)lua";

constexpr ScriptText change_script{delayed_script, list_change_script};

/// `resque:` of `resque:delayed:1782900000`, and the time; the time is empty for other keys.
std::pair<std::string, std::string> split_delayed(std::string_view key) {
  constexpr std::string_view name = "delayed:";
  const std::size_t at = key.rfind(name);
  // A queue may be called so, too.
  if (at == std::string_view::npos || key.substr(0, at).ends_with("queue:")) return {};
  return {std::string(key.substr(0, at)), std::string(key.substr(at + name.size()))};
}

bool is_delayed(const ActionTarget& target) { return target.place.role == PlaceRole::later; }

void append_delayed_change(ScriptCall& call, const ActionTarget& target, const std::string& queue,
                           const std::string& replacement) {
  const auto [prefix, time] = split_delayed(target.locator.key);
  if (call.keys.empty()) {
    call.keys = {target.locator.key, prefix + "delayed_queue_schedule", prefix + "queues"};
    call.values = {"delayed", target.action.front ? "LPUSH" : "RPUSH", time};
  }
  const auto index_of = [&](const std::string& key) {
    const auto found = std::ranges::find(call.keys, key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    return std::to_string(index);
  };
  const std::string& element = *target.locator.element;
  const std::string index = index_of(prefix + "timestamps:" + element);
  const std::string to = replacement.empty() ? "0" : index_of(prefix + "queue:" + queue);
  call.values.insert(call.values.end(), {element, index, "delayed:" + time, to, replacement, queue});
}

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  if (target.place.role == PlaceRole::waiting) return "it waits in its queue";
  const std::string& element = *target.locator.element;
  const json entry = parse_bounded(element);
  const json& named = member(entry, "queue");
  if (!named.is_string() || named.get_ref<const std::string&>().empty()) return no_queue;
  const std::string queue = named.get<std::string>();
  if (is_delayed(target)) {
    append_delayed_change(call, target, queue, without_queue(element, entry));
    return {};
  }
  const std::optional<std::string_view> payload = member_of(element, "payload");
  if (!payload || !payload->starts_with('{')) return no_job;
  append_list_change(call, target,
                     {.destination = key_of(target.deployment, "queue:" + queue),
                      .replacement = std::string(*payload),
                      .name_set = key_of(target.deployment, "queues"),
                      .name = queue},
                     ListEnd::head);
  return {};
}

std::string_view fill_removal(ScriptCall& call, const ActionTarget& target) {
  if (is_delayed(target))
    append_delayed_change(call, target, {}, {});
  else
    append_list_change(call, target, {}, ListEnd::head);
  return {};
}

std::string_view fill_move(ScriptCall& call, const ActionTarget& target) {
  const std::string destination = key_of(target.deployment, "queue:" + target.action.queue);
  if (destination == target.locator.key) return "its queue is that one";
  append_list_change(call, target,
                     {.destination = destination,
                      .replacement = *target.locator.element,
                      .name_set = key_of(target.deployment, "queues"),
                      .name = target.action.queue},
                     ListEnd::head);
  return {};
}

constexpr ScriptAnswer deep{"deep", Outcome::skipped,
                            "it lies deep inside its list: looking for it would hold the server up (--force does)"};
constexpr ScriptAnswer taken{"gone", Outcome::changed,
                             "it is not in its list any more: a worker took it, or it was removed", PlaceRole::waiting};
constexpr ScriptAnswer no_list{"wrong-type", Outcome::failed, "the key of its queue holds something else than a list"};
constexpr std::array change_answers{
    deep, taken,
    ScriptAnswer{"gone", Outcome::changed, "it is not there any more: it became due, was retried or was removed"},
    no_list};
constexpr std::array removal_answers{deep, taken, ScriptAnswer{"gone", Outcome::already, "it is not there"}, no_list};

}  // namespace

Belongings belongings(const Locator& locator, std::span<const std::string>) {
  Belongings out;
  const auto [prefix, time] = split_delayed(locator.key);
  if (!locator.in_list() || time.empty() || !locator.element) return out;
  out.members.emplace_back(prefix + "delayed_queue_schedule", time);
  out.set_members.emplace_back(prefix + "timestamps:" + *locator.element, "delayed:" + time);
  return out;
}

constexpr std::array<RedisActionRule, 4> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "goes into its queue now, after the jobs that wait there, with all that it carries; a "
                              "failure leaves the list of failures",
                    .judge = judge_retry,
                    .script = change_script,
                    .fill = fill_retry,
                    .together = elements_together,
                    .answers = change_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is removed from where it waits: Resque knows no cancelled jobs",
                    .removes = true,
                    .judge = judge_cancel,
                    .script = change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = removal_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed from its list; of equal jobs one",
                    .judge = judge_removal,
                    .script = change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = removal_answers},
    RedisActionRule{.action = ActionKind::move,
                    .effect = "goes into the other queue, after the jobs that wait there",
                    .warning = "no worker may take from a queue of that name: workers name their queues themselves",
                    .judge = judge_move,
                    .script = change_script,
                    .fill = fill_move,
                    .together = elements_together,
                    .answers = change_answers}};

}  // namespace queuetrace::resque

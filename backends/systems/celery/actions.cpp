// What can be done to messages of Celery that wait (docs/systems/celery.md section 5). A message's bytes are its
// identity, and what is written is those bytes with the members changed that kombu would write. What a worker holds is
// the worker's.
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/engines/redis/list_change.hpp"
#include "backends/systems/celery/parts.hpp"

namespace queuetrace::celery {
namespace {

constexpr std::string_view held =
    "a worker holds it: celery control revoke tells the worker, nothing in the store does";
constexpr std::string_view no_message = "it is not a message of a task";
constexpr std::string_view no_id = "it carries no id: with other bytes it would be another job";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

/// Held messages are scheduled and retrying, too: the native word tells.
bool is_held(const Job& job) { return job.native_state && job.native_state->raw() == "unacked"; }

Judgement judge_removal(const Action&, const Job& job, const Deployment&) {
  return is_held(job) ? skip(held) : Judgement{};
}

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (is_held(job)) return skip(held);
  if (has_note(job, "undecodable") || has_note(job, "no-task")) return skip(no_message);
  if (has_note(job, "no-id")) return skip(no_id);
  return job.scheduled_at ? Judgement{} : already("it waits in its queue");
}

Judgement judge_move(const Action& action, const Job& job, const Deployment&) {
  if (is_held(job)) return skip(held);
  if (has_note(job, "undecodable")) return skip(no_message);
  if (has_note(job, "no-id")) return skip(no_id);
  if (job.queue && job.queue->raw() == action.queue) return already("its queue is that one");
  return {};
}

std::string_view fill_removal(ScriptCall& call, const ActionTarget& target) {
  if (!target.locator.in_list()) return held;
  append_list_change(call, target, {});
  return {};
}

/// The message with a member of one of its objects changed; absent: it has no such object.
std::optional<std::string> changed_in(std::string_view message, std::string_view object, std::string_view name,
                                      std::string_view value) {
  const std::optional<std::string_view> part = member_of(message, object);
  const std::optional<std::string> changed = part ? with_member(*part, name, value) : std::nullopt;
  return changed ? with_member(message, object, *changed) : std::nullopt;
}

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  if (!target.locator.in_list()) return held;
  const std::optional<std::string> changed = changed_in(*target.locator.element, "headers", "eta", "null");
  if (!changed || *changed == *target.locator.element) return no_message;
  append_list_change(call, target, {.destination = target.locator.key, .replacement = *changed});
  return {};
}

std::string_view fill_move(ScriptCall& call, const ActionTarget& target) {
  const Locator& locator = target.locator;
  if (!locator.in_list()) return held;
  // A message that is given back goes where its delivery says: to the queue that the default exchange names.
  const std::string delivery = "{\"exchange\":\"\",\"routing_key\":" + dumped(target.action.queue) + "}";
  const std::optional<std::string> changed = changed_in(*locator.element, "properties", "delivery_info", delivery);
  if (!changed) return no_message;
  // A queue that nobody declared is bound as a producer would bind it, by its own name.
  const std::string separator = separator_of(target.deployment);
  // What stands behind the queue's name is the priority.
  const std::string_view priority =
      std::string_view(locator.key).substr(target.deployment.prefix.size() + locator.queue.size());
  append_list_change(call, target,
                     {.destination = target.deployment.prefix + target.action.queue + std::string(priority),
                      .replacement = *changed,
                      .name_set = target.deployment.prefix + "_kombu.binding." + target.action.queue,
                      .name = target.action.queue + separator + separator + target.action.queue});
  return {};
}

constexpr ScriptAnswer deep{"deep", Outcome::skipped,
                            "it lies deep inside its list: looking for it would hold the server up (--force does)"};
constexpr ScriptAnswer no_list{"wrong-type", Outcome::failed, "the key of that queue holds something else than a list"};
constexpr ScriptAnswer taken{"gone", Outcome::changed,
                             "it is not in its list any more: a worker took it, or it was removed"};
constexpr std::array answers{deep, no_list, taken};

}  // namespace

constexpr std::array<RedisActionRule, 4> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "waits without its eta, after the messages that wait: a worker that takes it begins it",
                    .judge = judge_retry,
                    .script = list_change_script,
                    .fill = fill_retry,
                    .together = elements_together,
                    .answers = answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is removed from its queue; nothing is written as its result, so whoever waits for that "
                              "keeps waiting",
                    .removes = true,
                    .judge = judge_removal,
                    .script = list_change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed from its queue",
                    .judge = judge_removal,
                    .script = list_change_script,
                    .fill = fill_removal,
                    .together = elements_together,
                    .answers = answers},
    RedisActionRule{.action = ActionKind::move,
                    .effect = "goes into the other queue with its priority, after the messages that wait there",
                    .warning = "no worker may take from a queue of that name: workers name their queues themselves",
                    .judge = judge_move,
                    .script = list_change_script,
                    .fill = fill_move,
                    .together = elements_together,
                    .answers = answers}};

constexpr std::array<RedisRefusal, 1> refusals{
    RedisRefusal{std::nullopt, "workers of Celery look for no pause in the store",
                 "celery control cancel_consumer QUEUE, for workers that live"}};

}  // namespace queuetrace::celery

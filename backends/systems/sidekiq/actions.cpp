// What can be done to jobs of Sidekiq (docs/systems/sidekiq.md section 5). The library itself takes several steps for
// most of this; here each is one step. A job's bytes are its identity, and what is written is those bytes with the
// members changed that the library would change.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/element_change.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/systems/sidekiq/parts.hpp"

namespace queuetrace::sidekiq {
namespace {

using nlohmann::json;

constexpr std::string_view busy =
    "running: nothing in the store stops a thread, and the process holds the job itself; quiet or stop the process";
constexpr std::string_view no_job = "it is no job in JSON: a worker that takes it puts it among the dead again";
constexpr std::string_view usual_queue = "default";

Judgement skip(std::string_view reason) { return {Verdict::skip, reason, false, {}}; }
Judgement already(std::string_view reason) { return {Verdict::already, reason, false, {}}; }

Judgement judge_retry(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  if (job.state == JobState::pending) return already("it waits in its queue");
  if (has_note(job, "undecodable")) return skip(no_job);
  return {};
}

Judgement judge_removal(const Action&, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  return {};
}

Judgement judge_cancel(const Action& action, const Job& job, const Deployment& deployment) {
  if (job.state == JobState::dead) return skip("it has ended");
  return judge_removal(action, job, deployment);
}

Judgement judge_move(const Action& action, const Job& job, const Deployment&) {
  if (job.state == JobState::running) return skip(busy);
  if (job.state == JobState::dead) return skip("dead: retry puts it into its queue first");
  if (job.queue && job.queue->raw() == action.queue) return already("its queue is that one");
  if (has_note(job, "undecodable")) return skip(no_job);
  if (has_note(job, "no-id")) return skip("it carries no jid: with another queue in its bytes it would be another job");
  return {};
}

/// The time as this job's release writes times: whole milliseconds from release 8, seconds with a fraction before.
std::string time_for(const json& job, Timestamp now) {
  for (const char* name : {"created_at", "failed_at", "enqueued_at"})
    if (const auto time = job.find(name); time != job.end() && time->is_number_float())
      return json(static_cast<double>(now.time_since_epoch().count()) / 1e6).dump();
  return std::to_string(unix_milliseconds(now));
}

std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  if (target.locator.in_list()) return "it waits in its queue";
  const std::string& member = *target.locator.element;
  const json job = parse_bounded(member);
  if (!job.is_object()) return no_job;
  std::optional<std::string> changed = with_member(member, "enqueued_at", time_for(job, target.now));
  // A retry by hand does not count. At -1 the next failure is the first one.
  if (const auto count = job.find("retry_count"); changed && count != job.end() && count->is_number_integer()) {
    const bool anew = target.action.reset_attempts.value_or(false);
    const std::int64_t failed = anew ? -1 : std::max<std::int64_t>(-1, count->get<std::int64_t>() - 1);
    changed = with_member(*changed, "retry_count", std::to_string(failed));
  }
  const auto named = job.find("queue");
  std::string queue(usual_queue);
  if (named != job.end() && named->is_string() && !named->get_ref<const std::string&>().empty())
    queue = named->get<std::string>();
  else if (changed)
    changed = with_member(*changed, "queue", json(queue).dump());
  if (!changed) return no_job;
  append_member_change(call, target,
                       {.destination = key_of(target.deployment, "queue:" + queue),
                        .replacement = *changed,
                        .name_set = key_of(target.deployment, "queues"),
                        .name = queue});
  return {};
}

std::string_view fill_removal(ScriptCall& call, const ActionTarget& target) {
  if (target.locator.in_list())
    append_list_change(call, target, {});
  else
    append_member_change(call, target, {});
  return {};
}

std::string_view fill_move(ScriptCall& call, const ActionTarget& target) {
  const std::string& queue = target.action.queue;
  const std::string name = json(queue).dump(-1, ' ', false, json::error_handler_t::replace);
  const std::optional<std::string> changed = with_member(*target.locator.element, "queue", name);
  if (!changed || parse_bounded(*changed)["queue"] != queue) return "its queue cannot be changed";
  if (target.locator.in_list()) {
    const std::string destination = key_of(target.deployment, "queue:" + queue);
    if (destination == target.locator.key) return "its queue is that one";
    append_list_change(call, target,
                       {.destination = destination,
                        .replacement = *changed,
                        .name_set = key_of(target.deployment, "queues"),
                        .name = queue});
  } else {
    // It keeps its time, and goes there when it is due.
    append_member_change(
        call, target,
        {.destination = target.locator.key, .sorted = true, .replacement = *changed, .score = target.locator.score});
  }
  return {};
}

constexpr ScriptAnswer deep{"deep", Outcome::skipped,
                            "it lies deep inside its list: looking for it would hold the server up (--force does)"};
constexpr ScriptAnswer taken{"gone", Outcome::changed,
                             "it is not in its list any more: a worker took it, or it was removed", PlaceRole::waiting};
constexpr ScriptAnswer moved{"gone", Outcome::changed,
                             "it is not there any more: it became due, was retried or was removed"};
constexpr ScriptAnswer rescheduled{"changed", Outcome::changed, "its time was changed"};
constexpr ScriptAnswer no_list{"wrong-type", Outcome::failed, "the key of its queue holds something else than a list"};

constexpr std::array change_answers{deep, taken, moved, rescheduled, no_list};
constexpr std::array removal_answers{deep, taken, ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                     rescheduled};

}  // namespace

constexpr std::array<RedisActionRule, 4> actions{
    RedisActionRule{.action = ActionKind::retry,
                    .effect = "goes into its queue now, after the jobs that wait there; this retry does not count, so "
                              "a dead job has one more attempt (--reset-attempts gives it all of them)",
                    .judge = judge_retry,
                    .script = element_change_script,
                    .fill = fill_retry,
                    .together = members_together,
                    .answers = change_answers},
    RedisActionRule{.action = ActionKind::cancel,
                    .effect = "is removed from where it waits: Sidekiq knows no cancelled jobs",
                    .removes = true,
                    .judge = judge_cancel,
                    .script = element_change_script,
                    .fill = fill_removal,
                    .together = members_together,
                    .answers = removal_answers},
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "is removed from its queue or set",
                    .judge = judge_removal,
                    .script = element_change_script,
                    .fill = fill_removal,
                    .together = members_together,
                    .answers = removal_answers},
    RedisActionRule{.action = ActionKind::move,
                    .effect = "goes into the other queue, after the jobs that wait there; what waits for its time goes "
                              "there when it is due",
                    .warning = "no process may take from a queue of that name: workers name their queues themselves",
                    .judge = judge_move,
                    .script = element_change_script,
                    .fill = fill_move,
                    .together = members_together,
                    .answers = change_answers}};

}  // namespace queuetrace::sidekiq

// A made-up system of tables alone: what the Redis engine must do for queues of several containers, ids that are unique
// only within a queue, pauses, installations under several prefixes, and jobs in sorted sets and hashes.
#pragma once

#include <array>
#include <string>

#include "backends/engines/redis/member_change.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/engines/redis/system.hpp"
#include "model/job_reference.hpp"

namespace queuetrace::test::shop {

/// Records have the fields made and state; payloads are `id made`; what stands in a sorted set scores when it is due.
inline Job decode(const Entry& entry, const DecodeContext&) {
  Job job;
  std::string made;
  if (entry.place.holds == Holds::ids) {
    job.ref.id = Untrusted(std::string(entry.id));
    made = std::string(entry.record.field("made").value_or(entry.text.value_or("")));
    if (!entry.record.exists() && !entry.text) job.notes.push_back({"dangling", "the id has no job"});
  } else {
    const std::size_t blank = entry.raw.find(' ');
    job.ref.id = Untrusted(std::string(entry.raw.substr(0, blank)));
    made = std::string(entry.raw.substr(blank + 1, 3));
    if (entry.place.shared) job.queue = Untrusted(std::string("mail"));
  }
  if (!made.empty()) job.created_at = Timestamp(std::chrono::seconds(1'760'000'000 + std::stoi(made)));
  job.state = entry.place.role == PlaceRole::completed ? JobState::completed
              : entry.place.role == PlaceRole::running ? JobState::running
              : entry.place.role == PlaceRole::dead    ? JobState::dead
              : entry.place.role == PlaceRole::later   ? JobState::scheduled
                                                       : JobState::pending;
  if (entry.place.role == PlaceRole::later)
    job.scheduled_at = Timestamp(std::chrono::seconds(std::stoll(std::string(entry.score))));
  return job;
}

inline constexpr std::array places{
    PlaceRow{.key = "{prefix}:{queue}:wait", .holds = Holds::ids, .states = {JobState::pending}, .native = "wait"},
    PlaceRow{.key = "{prefix}:{queue}:urgent",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .states = {JobState::pending}},
    PlaceRow{.key = "{prefix}:{queue}:later",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::scheduled}},
    PlaceRow{.key = "{prefix}:{queue}:done",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::completed,
             .states = {JobState::completed}},
    PlaceRow{.key = "{prefix}:held",
             .container = Container::hash,
             .role = PlaceRole::running,
             .states = {JobState::running},
             .shared = true},
    PlaceRow{.key = "{prefix}:dead",
             .container = Container::sorted_set,
             .role = PlaceRole::dead,
             .states = {JobState::dead},
             .shared = true}};

inline constexpr std::array queues_in_set{QueueNames{.key = "{prefix}:queues", .member = "{prefix}:{queue}"}};
inline constexpr std::array queues_in_hash{QueueNames{.from = QueueNames::From::hash, .key = "{prefix}:info"}};
inline constexpr std::array queues_by_keys{QueueNames{.from = QueueNames::From::keys, .key = "{prefix}:{queue}:meta"}};
inline constexpr std::array queue_signs{KeySign{"{prefix}:{queue}:meta", "hash"},
                                        KeySign{"{prefix}:{queue}:wait", "list"},
                                        KeySign{"{prefix}:{queue}:done", "zset"}};
inline constexpr std::array signs{KeySign{"{prefix}:queues", "set"}};

inline Judgement judge(const Action&, const Job&, const Deployment&) { return {}; }

inline std::string_view fill_member_erase(ScriptCall& call, const ActionTarget& target) {
  append_member_change(call, target, {});
  return {};
}

/// Dead jobs go back into their queue's list of payloads.
inline std::string_view fill_retry(ScriptCall& call, const ActionTarget& target) {
  if (target.place.role != PlaceRole::dead) return "it is not dead";
  append_member_change(call, target,
                       {.destination = target.deployment.prefix + ":mail:again",
                        .replacement = *target.locator.element,
                        .name_set = target.deployment.prefix + ":queues",
                        .name = target.deployment.prefix + ":mail"});
  return {};
}

inline constexpr std::array member_answers{ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                           ScriptAnswer{"changed", Outcome::changed, "it changed"}};

inline constexpr std::array<std::string_view, 1> guard_fields{"state"};

inline constexpr std::array member_actions{RedisActionRule{.action = ActionKind::erase,
                                                           .effect = "goes",
                                                           .judge = judge,
                                                           .script = member_change_script,
                                                           .fill = fill_member_erase,
                                                           .together = members_together,
                                                           .answers = member_answers},
                                           RedisActionRule{.action = ActionKind::retry,
                                                           .effect = "waits again",
                                                           .judge = judge,
                                                           .script = member_change_script,
                                                           .fill = fill_retry,
                                                           .together = members_together,
                                                           .answers = member_answers}};
inline constexpr std::array record_actions{RedisActionRule{.action = ActionKind::erase,
                                                           .effect = "goes",
                                                           .judge = judge,
                                                           .script = {record_guard, erase_record_script},
                                                           .fill = fill_erasure,
                                                           .answers = member_answers}};

inline std::optional<Timestamp> since(std::string_view value) {
  return Timestamp(std::chrono::seconds(std::stoll(std::string(value))));
}

/// `members`: with the actions on jobs in sorted sets and hashes; otherwise with those on records.
inline RedisSystem system(bool members = false) {
  RedisSystem system{};
  system.info.name = "shop";
  system.info.title = "Shop";
  system.find = {.signs = signs};
  system.place = {.prefix = "shop", .installation = signs[0], .places = places, .queues = queues_in_set};
  system.read = {.decode = decode, .record = "{prefix}:{queue}:job:{id}", .ids_by_queue = true};
  system.pause = {.form = RedisPausing::Form::key,
                  .key = "{prefix}:{queue}:paused",
                  .since = since,
                  .written = "{now}",
                  .effect = "no worker takes from it",
                  .warning = "workers see it within five seconds"};
  system.change = {.guard_fields = guard_fields};
  system.change.actions = members ? std::span<const RedisActionRule>(member_actions) : record_actions;
  return system;
}

}  // namespace queuetrace::test::shop

// RQ 1.16, 2 and 3 (Python, Redis): the description, and how it is told from others that name their keys alike. Facts:
// docs/systems/rq.md sections 1 to 4.
#include "backends/systems/rq/system.hpp"

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/systems/rq/parts.hpp"

namespace queuetrace::rq {
namespace {

constexpr PlaceRow registry(std::string_view key, PlaceRole role, JobStates states, std::string_view native) {
  return {.key = key,
          .container = Container::sorted_set,
          .holds = Holds::ids,
          .role = role,
          .states = states,
          .native = native};
}

constexpr std::array places{
    PlaceRow{.key = "{prefix}:queue:{queue}",
             .holds = Holds::ids,
             .states = {JobState::pending},
             .native = "queued",
             .newest = ListEnd::tail},
    // A worker that starts moves these behind what waits.
    registry("{prefix}:ready:{queue}", PlaceRole::waiting, {JobState::pending}, "ready_to_enqueue"),
    PlaceRow{.key = "{prefix}:queue:{queue}:intermediate",
             .holds = Holds::ids,
             .role = PlaceRole::running,
             .states = {JobState::running},
             .native = "intermediate"},
    registry("{prefix}:wip:{queue}", PlaceRole::running, {JobState::running}, "started"),
    registry("{prefix}:scheduled:{queue}", PlaceRole::later, {JobState::scheduled, JobState::retrying}, "scheduled"),
    registry("{prefix}:deferred:{queue}", PlaceRole::later, {JobState::blocked}, "deferred"),
    registry("{prefix}:finished:{queue}", PlaceRole::completed, {JobState::completed}, "finished"),
    // Jobs that were stopped are among the failed; each says so.
    registry("{prefix}:failed:{queue}", PlaceRole::dead, {JobState::failed, JobState::cancelled}, {}),
    registry("{prefix}:canceled:{queue}", PlaceRole::completed, {JobState::cancelled}, "canceled"),
    PlaceRow{.key = "{prefix}:rl:{name}:rate_limited",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::blocked},
             .native = "rate_limited",
             .shared = true,
             .names = "{prefix}:rl-keys"}};

constexpr std::array queues{QueueNames{.key = "{prefix}:queues", .member = "{prefix}:queue:{queue}"}};

constexpr std::array signs{KeySign{"{prefix}:queues", "set"}, KeySign{"{prefix}:workers", "set"}};

constexpr std::array states{StateMapping{"queued", JobState::pending},
                            StateMapping{"ready_to_enqueue", JobState::pending, "from release 3"},
                            StateMapping{"intermediate", JobState::running, "taken and not begun"},
                            StateMapping{"started", JobState::running},
                            StateMapping{"scheduled", JobState::scheduled, "never begun, or it repeats"},
                            StateMapping{"scheduled", JobState::retrying, "begun before"},
                            StateMapping{"deferred", JobState::blocked},
                            StateMapping{"rate_limited", JobState::blocked, "from release 3"},
                            StateMapping{"finished", JobState::completed},
                            StateMapping{"failed", JobState::failed},
                            StateMapping{"stopped", JobState::cancelled},
                            StateMapping{"canceled", JobState::cancelled}};

constexpr std::array<std::string_view, 20> summary_fields{
    "status",       "origin",         "description",       "created_at",     "enqueued_at",
    "started_at",   "ended_at",       "last_heartbeat",    "timeout",        "retries_left",
    "repeats_left", "worker_name",    "number_of_retries", "dependency_ids", "dependency_id",
    "group_id",     "rate_limit_key", "exc_info",          "meta",           "allow_dependency_failures"};

/// docs/systems/rq.md section 6.
constexpr std::array<std::string_view, 2> carriers{"meta", "data"};

/// Running, but nobody works on it as far as heartbeats tell.
constexpr std::array<std::string_view, 1> stale_notes{"abandoned"};

/// The members of its sets are whole keys, which no other system's are.
bool is_present(RedisConnection& connection, std::string_view prefix) {
  const std::string before(prefix);
  const std::vector<RedisCommand> questions{{"SSCAN", before + ":queues", "0", "COUNT", "16"},
                                            {"SSCAN", before + ":workers", "0", "COUNT", "16"}};
  const std::vector<Reply> answers = connection.pipeline(questions);
  for (const Reply& answer : answers) require_permission(answer.root(), "look for its queues");
  const std::array<std::string, 2> begins{before + ":queue:", before + ":worker:"};
  for (std::size_t set = 0; set < answers.size(); ++set)
    if (answers[set].size() == 2)
      for (std::size_t i = 0; i < answers[set][1].size(); ++i)
        if (answers[set][1][i].text().starts_with(begins[set])) return true;
  return false;
}

}  // namespace

constexpr RedisSystem system{
    .info = {.name = "rq",
             .title = "RQ",
             .family = StorageFamily::redis,
             .summary = "Python workers over Redis: lists and registries of ids, a hash for each job; dependencies",
             .versions = "1.16, 2 and 3; 1.16.2, 2.10.0, 2.12.0 and 3.0.0 were run",
             .storage = "keys rq:queue:<queue>, scheduled, deferred, wip, finished, failed, canceled, hashes rq:job:*",
             .order = "inside a queue the head of its list first; each worker drains its queues in the order it names",
             .trace = "headers in meta and in arguments, pickled or JSON; a pickle is never loaded",
             .limits = "results last 500 s by default; errors of attempts that are tried again are not stored",
             .states = states},
    .find = {.signs = signs, .is_present = is_present},
    .place = {.prefix = "rq", .installation = {"{prefix}:queues", "set"}, .places = places, .queues = queues},
    .read = {.decode = decode,
             .details = details,
             .record = "{prefix}:job:{id}",
             .id_in = id_in,
             .summary_fields = summary_fields,
             .carriers = carriers,
             .unpacked = unpacked,
             .kind_in_payload = true,
             .stale_notes = stale_notes,
             .correlation = Lookup::scanned,
             .links = Lookup::scanned,
             .times = true},
    .explain = {.explain_waiting = explain_waiting, .diagnoses = diagnoses, .look = look},
    .pause = {.form = RedisPausing::Form::key,
              .key = "{prefix}:suspended",
              .written = "1",
              .effect = "workers take nothing from any queue; jobs still come in, and what runs is finished",
              .warning = "RQ pauses all queues of the installation together"},
    .change = {.actions = actions, .guard_fields = guard_fields, .belongings = belongings},
};

}  // namespace queuetrace::rq

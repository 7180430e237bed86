// BullMQ 3 to 6 and Bull 4 (Node.js, Redis): the description. Facts: docs/systems/bullmq.md sections 1 to 4.
#include "backends/systems/bullmq/system.hpp"

#include "backends/systems/bullmq/parts.hpp"
#include "backends/systems/bullmq/pause.hpp"

namespace queuetrace::bullmq {
namespace {

constexpr std::array places{
    PlaceRow{.key = "{prefix}:{queue}:wait", .holds = Holds::ids, .states = {JobState::pending}, .native = "wait"},
    PlaceRow{.key = "{prefix}:{queue}:prioritized",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .states = {JobState::pending},
             .native = "prioritized"},
    // Up to release 5 what waits goes here while the queue is paused.
    PlaceRow{.key = "{prefix}:{queue}:paused", .holds = Holds::ids, .states = {JobState::pending}, .native = "paused"},
    PlaceRow{.key = "{prefix}:{queue}:delayed",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::scheduled, JobState::retrying},
             .native = "delayed"},
    PlaceRow{.key = "{prefix}:{queue}:waiting-children",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::later,
             .states = {JobState::blocked},
             .native = "waiting-children"},
    PlaceRow{.key = "{prefix}:{queue}:active",
             .holds = Holds::ids,
             .role = PlaceRole::running,
             .states = {JobState::running},
             .native = "active"},
    PlaceRow{.key = "{prefix}:{queue}:completed",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::completed,
             .states = {JobState::completed},
             .native = "completed"},
    PlaceRow{.key = "{prefix}:{queue}:failed",
             .container = Container::sorted_set,
             .holds = Holds::ids,
             .role = PlaceRole::dead,
             .states = {JobState::failed},
             .native = "failed"}};

/// The counter of ids: every queue has one, of every release, once a job was added.
constexpr KeySign counter{"{prefix}:{queue}:id", "string"};
constexpr std::array queues{QueueNames{.from = QueueNames::From::keys, .key = "{prefix}:{queue}:id"}};
constexpr std::array queue_signs{counter,
                                 KeySign{"{prefix}:{queue}:meta", "hash"},
                                 KeySign{"{prefix}:{queue}:events", "stream"},
                                 KeySign{"{prefix}:{queue}:wait", "list"},
                                 KeySign{"{prefix}:{queue}:paused", "list"},
                                 KeySign{"{prefix}:{queue}:active", "list"},
                                 KeySign{"{prefix}:{queue}:prioritized", "zset"},
                                 KeySign{"{prefix}:{queue}:delayed", "zset"},
                                 KeySign{"{prefix}:{queue}:completed", "zset"},
                                 KeySign{"{prefix}:{queue}:failed", "zset"},
                                 KeySign{"{prefix}:{queue}:waiting-children", "zset"}};

constexpr std::array states{StateMapping{"wait", JobState::pending},
                            StateMapping{"prioritized", JobState::pending},
                            StateMapping{"paused", JobState::pending, "the queue is paused, up to release 5"},
                            StateMapping{"delayed", JobState::scheduled, "never begun"},
                            StateMapping{"delayed", JobState::retrying, "begun before"},
                            StateMapping{"waiting-children", JobState::blocked},
                            StateMapping{"active", JobState::running},
                            StateMapping{"completed", JobState::completed},
                            StateMapping{"failed", JobState::failed}};

constexpr std::array<std::string_view, 18> summary_fields{
    "name", "timestamp", "delay", "priority", "processedOn", "finishedOn", "failedReason", "opts",         "parentKey",
    "rjk",  "deid",      "defa",  "tm",       "pb",          "stc",        "atm",          "attemptsMade", "ats"};

/// docs/systems/bullmq.md section 6.
constexpr std::array<std::string_view, 3> carriers{"opts", "tm", "data"};

/// Neither a scheduler's hash nor what waits for a deduplicated job has all of them.
constexpr std::array<std::string_view, 3> record_fields{"name", "data", "timestamp"};

/// Running, but nobody works on it as far as locks tell.
constexpr std::array<std::string_view, 1> stale_notes{"stalled"};

}  // namespace

constexpr RedisSystem system{
    .info = {.name = "bullmq",
             .title = "BullMQ",
             .family = StorageFamily::redis,
             .summary = "Node.js workers over Redis: lists and sorted sets of ids, a hash for each job; flows",
             .versions = "BullMQ 3 to 6, Bull 4; 3.16.2, 4.18.3, 5.81.5, 6.7.0 and Bull 4.16.5 were run",
             .storage = "keys bull:<queue>:wait, prioritized, delayed, active, completed, failed, waiting-children",
             .order = "inside a queue the oldest of wait first, then prioritized by priority and age",
             .trace = "opts.tm (telemetry), headers in opts, and the data",
             .limits = "jobs that removeOnComplete or removeOnFail took are gone; a stall shows when the lock ran out",
             .states = states},
    .place =
        {.prefix = "bull", .installation = counter, .places = places, .queues = queues, .queue_signs = queue_signs},
    .read = {.decode = decode,
             .details = details,
             .record = "{prefix}:{queue}:{id}",
             .is_job = is_job,
             .ids_by_queue = true,
             .summary_fields = summary_fields,
             .carriers = carriers,
             .stale_notes = stale_notes,
             .links = Lookup::scanned,
             .times = true},
    .explain = {.explain_waiting = explain_waiting, .diagnoses = diagnoses, .record_fields = record_fields},
    .pause = {.form = RedisPausing::Form::field,
              .key = "{prefix}:{queue}:meta",
              .field = "paused",
              .effect = "workers take nothing from the queue; jobs still come in, and what runs goes on",
              .script = {pause_script},
              .fill = fill_pause,
              .answers = pause_answers},
    .change = {.actions = actions, .refusals = refusals, .guard_fields = guard_fields, .belongings = belongings},
};

}  // namespace queuetrace::bullmq

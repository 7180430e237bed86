// go-redis-work-queue (Go, Redis lists): the description and how an element becomes a job. Facts:
// docs/systems/go-redis-work-queue.md, sections 2 to 4, 7 and 11.
#include "backends/systems/go_redis_work_queue/system.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/go_redis_work_queue/actions.hpp"
#include "backends/systems/go_redis_work_queue/diagnosis.hpp"
#include "backends/systems/go_redis_work_queue/go_json.hpp"
#include "backends/systems/go_redis_work_queue/health.hpp"
#include "backends/systems/go_redis_work_queue/settings.hpp"
#include "backends/systems/go_redis_work_queue/viper.hpp"
#include "backends/systems/go_redis_work_queue/worker_id.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

/// worker.heartbeat_ttl when no configuration says otherwise.
constexpr Milliseconds default_heartbeat_ttl{30'000};

void place_job(Job& job, const Entry& entry, const DecodeContext& context, std::int64_t retries,
               const std::string& priority) {
  const std::int64_t begun = retries < std::numeric_limits<std::int64_t>::max() ? retries + 1 : retries;
  switch (entry.place.role) {
    case PlaceRole::waiting:
      job.state = retries > 0 ? JobState::retrying : JobState::pending;
      job.queue = Untrusted(std::string(entry.key));
      job.attempts = retries;
      return;
    case PlaceRole::running: job.state = JobState::running; break;
    case PlaceRole::completed: job.state = JobState::completed; break;
    case PlaceRole::dead: job.state = JobState::dead; break;
    case PlaceRole::later:
    case PlaceRole::any: break;
  }
  job.attempts = begun;
  if (const Place* queue = queue_named(context.deployment, priority)) {
    job.queue = Untrusted(queue->key);
    add_note(job, "queue-guessed", "the list says nothing about the queue; this is the one of its priority");
  }
}

/// docs/systems/go-redis-work-queue.md section 3, status rule: what the heartbeat says about a job in a worker's list.
void read_heartbeat(Job& job, const Entry& entry, const DecodeContext& context, std::int64_t retries) {
  const std::string worker = worker_of(entry.place, entry.key);
  job.worker = Untrusted(worker);
  const WorkerId parts = parse_worker_id(worker);
  if (!parts.host.empty()) job.extra.push_back({"worker_host", Untrusted(parts.host)});
  if (parts.process) job.extra.push_back({"worker_pid", *parts.process});
  if (parts.started) job.extra.push_back({"worker_started_at", *parts.started});
  if (entry.companions.size() != 2) return;
  const Reply& heartbeat = entry.companions[0];
  if (heartbeat.is(Reply::Type::nil)) {
    add_note(job, "orphaned", "its worker has no heartbeat: gone, or busy for longer than the heartbeat lasts");
    return;
  }
  if (!heartbeat.is(Reply::Type::string)) {
    add_note(job, "heartbeat-unreadable", "the worker's heartbeat key holds something else");
    return;
  }
  if (heartbeat.text() != entry.raw) {
    add_note(job, "stranded", "its worker is busy with another job; no worker works on this one");
    return;
  }
  Milliseconds lifetime = default_heartbeat_ttl;
  if (const std::optional<std::string> configured = setting(context.deployment, "worker.heartbeat_ttl"))
    lifetime = parse_duration(*configured).value_or(default_heartbeat_ttl);
  const Milliseconds left{entry.companions[1].integer()};
  if (left.count() == -1) {
    add_note(job, "heartbeat-without-expiry", "the heartbeat never expires: no start time, and no reaper comes");
    return;
  }
  if (left.count() < 0 || left > lifetime) {
    add_note(job, "heartbeat-ttl-unknown", "the heartbeat lives longer than worker.heartbeat_ttl says: no start time");
    return;
  }
  job.started_at = context.now - (lifetime - left);
  job.run = lifetime - left;
  if (retries == 0 && job.created_at && *job.created_at <= *job.started_at)
    job.wait = std::chrono::duration_cast<Milliseconds>(*job.started_at - *job.created_at);
  add_note(job, "started-at-estimated", "from the heartbeat's remaining life");
}

void read_trace(Job& job, GoFields& fields) {
  const std::string trace = fields.text("trace_id");
  const std::string span = fields.text("span_id");
  if (!trace.empty()) job.trace.trace_id = Untrusted(trace);
  if (!span.empty()) job.trace.span_id = Untrusted(span);
  job.trace.status = classify_trace_id(trace);
  if (job.trace.status == TraceStatus::w3c)
    add_note(job, "trace-existence-unverified", "the system writes random ids when tracing is off or not sampled");
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  const GoJson parsed = parse_as_go(entry.raw);
  const bool readable = parsed.is_structure();
  GoFields fields{parsed};
  const std::int64_t retries = fields.number("retries");
  const std::string priority = fields.text("priority");
  job.ref.id = Untrusted(fields.text("id"));
  if (job.ref.id.empty()) {
    job.ref.id = Untrusted(made_id(entry.raw));
    add_note(job, "no-id", "the element carries no id: this one is made by queuetrace, of the element's bytes");
  }
  if (!priority.empty()) job.priority = Untrusted(priority);
  if (const std::string created = fields.text("creation_time"); !created.empty()) {
    job.created_at = parse_timestamp(created);
    if (!job.created_at) add_note(job, "bad-creation-time", "creation_time is not a time");
  }
  place_job(job, entry, context, retries, priority);
  if (const std::optional<std::string> maximum = setting(context.deployment, "worker.max_retries")) {
    const std::optional<std::int64_t> value = viper_integer(*maximum);
    if (value && *value >= 0 && *value < std::numeric_limits<std::int64_t>::max()) job.max_attempts = *value + 1;
  }
  if (readable) {
    job.kind = Untrusted(std::string("file"));
    if (std::string path = fields.text("filepath"); !path.empty())
      job.extra.push_back({"filepath", Untrusted(std::move(path))});
    if (fields.has("filesize")) job.extra.push_back({"filesize", fields.number("filesize")});
  }
  read_trace(job, fields);
  if (entry.place.role == PlaceRole::running) read_heartbeat(job, entry, context, retries);
  if (parsed.replaced)
    add_note(job, "replaced-characters", "what is not Unicode in it reads as U+FFFD, as the worker reads it");
  if (!readable)
    add_note(job, "undecodable", "the element is not a job in JSON; a worker that takes it destroys it");
  else if (fields.rejected)
    add_note(job, "worker-rejects", "a field has the wrong type; a worker that takes it destroys it");
  if (!readable) job.attempts.reset();
  if (context.payload)
    job.payload = Payload{readable && is_json(entry.raw) ? Payload::Form::json : Payload::Form::text,
                          Untrusted(std::string(entry.raw)), entry.raw.size()};
  if (!entry.place.alias.empty()) job.extra.push_back({"alias", entry.place.alias});
  return job;
}

bool recognises(std::string_view entry) {
  const GoJson parsed = parse_as_go(entry);
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(parsed.members, [&](const GoMember& member) { return member.name == name; });
  };
  // Other producers leave out what they do not know; two of the rest are enough beside a file that no other system has.
  constexpr std::array<std::string_view, 4> rest{"priority", "retries", "trace_id", "span_id"};
  return has("filepath") && has("filesize") && has("creation_time") && std::ranges::count_if(rest, has) >= 2;
}

std::vector<RedisCommand> companions(const Place& place, const std::string& key, const Deployment& deployment) {
  const std::string heartbeat =
      fill_pattern(deployment.settings.at("worker.heartbeat_key_pattern"), worker_of(place, key));
  return {{"GET", heartbeat}, {"PTTL", heartbeat}};
}

bool queue_alias(std::string_view name, std::string_view queue, const Deployment& deployment) {
  for (const Place& place : deployment.places)
    if (!place.family && place.key == queue && !place.alias.empty() && matches_glob(name, place.alias)) return true;
  return std::ranges::any_of(deployment.settings, [&](const auto& option) {
    return option.first.starts_with(queue_option) && option.second == queue &&
           matches_glob(name, std::string_view(option.first).substr(queue_option.size()));
  });
}

constexpr std::array states{
    StateMapping{"queue", JobState::pending, "retries = 0"}, StateMapping{"queue", JobState::retrying, "retries > 0"},
    StateMapping{"processing", JobState::running}, StateMapping{"completed", JobState::completed},
    StateMapping{"dead_letter", JobState::dead}};

/// Running, but nobody works on it (read_heartbeat).
constexpr std::array<std::string_view, 2> stale_notes{"orphaned", "stranded"};

constexpr std::array signs{KeySign{"jobqueue:high_priority", "list"}, KeySign{"jobqueue:low_priority", "list"},
                           KeySign{"jobqueue:completed", "list"}, KeySign{"jobqueue:dead_letter", "list"}};

constexpr std::array<std::string_view, 2> scan_patterns{"jobqueue:worker:*:processing", "jobqueue:processing:worker:*"};

}  // namespace

constexpr RedisSystem system{
    .info = {.name = "go-redis-work-queue",
             .title = "go-redis-work-queue",
             .family = StorageFamily::redis,
             .summary = "Go workers over Redis lists: priority queues, completed and dead-letter lists",
             .versions = "main of 2025-09-20 (a38bd19f); the keys carry no version",
             .storage = "lists jobqueue:high_priority, jobqueue:low_priority, jobqueue:worker:*:processing, "
                        "jobqueue:completed, jobqueue:dead_letter",
             .order = "strict priority in the order of worker.priorities; inside a queue the oldest push first",
             .trace =
                 "trace_id and span_id in the job's JSON; random ids where tracing is off, so a trace may not exist",
             .limits = "no errors, no start or finish times, no job kinds; the queue of a finished job is a guess",
             .states = states},
    .find = {.signs = signs, .scan_patterns = scan_patterns, .recognises = recognises},
    .place = {.deploy = deploy, .queue_alias = queue_alias},
    .read = {.decode = decode,
             .companions = companions,
             .made_ids = made_ids,
             .stale_notes = stale_notes,
             .running_note = "running jobs are put to the queue their priority names"},
    .explain = {.unconsumed_note = "no worker takes from this queue: it is not among the priorities",
                .unconsumed_remedy = "the queue is configured but not among the priorities; add it there",
                .explain_waiting = explain_waiting,
                .find_facts = find_facts,
                .diagnoses = diagnoses,
                .look = look},
    .change = {.actions = actions, .refusals = refusals},
};

}  // namespace queuetrace::go_redis_work_queue

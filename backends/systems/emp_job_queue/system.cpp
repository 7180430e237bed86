// emp-job-queue (TypeScript, Redis hashes and one sorted set): the description and how a job's hash becomes a job.
// Facts: docs/systems/emp-job-queue.md sections 2, 3 and 11.
#include "backends/systems/emp_job_queue/system.hpp"

#include <algorithm>
#include <cmath>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/deployment.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/job_hash.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/systems/emp_job_queue/actions.hpp"
#include "backends/systems/emp_job_queue/details.hpp"
#include "backends/systems/emp_job_queue/diagnosis.hpp"
#include "backends/systems/emp_job_queue/health.hpp"
#include "backends/systems/emp_job_queue/peek.hpp"
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/trace.hpp"
#include "model/error.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

std::optional<Timestamp> time_of(Job& job, const JobHash& hash, std::string_view field) {
  const std::optional<std::string_view> value = hash.filled(field);
  if (!value) return std::nullopt;
  const std::optional<Timestamp> time = parse_time(*value);
  if (!time) job.notes.push_back({"bad-time", std::string(field) + " is not a time"});
  return time;
}

std::optional<std::int64_t> number_of(Job& job, const JobHash& hash, std::string_view field) {
  const std::optional<std::string_view> value = hash.filled(field);
  if (!value) return std::nullopt;
  const std::optional<std::int64_t> number = parse_number(*value);
  if (!number) job.notes.push_back({"bad-number", std::string(field) + " is not a whole number"});
  return number;
}

JobState state_of(Phase phase, std::int64_t failures) {
  switch (phase) {
    case Phase::waiting: return failures > 0 ? JobState::retrying : JobState::pending;
    case Phase::claimed:
    case Phase::started: return JobState::running;
    case Phase::completed: return JobState::completed;
    case Phase::failed: return JobState::failed;
    case Phase::cancelled: return JobState::cancelled;
    case Phase::unknown: break;
  }
  return JobState::unknown;
}

/// Times and durations (docs/systems/emp-job-queue.md section 3). A failed_at stays on a job that succeeded later.
void read_times(Job& job, const JobHash& hash, Phase phase, std::int64_t failures, Timestamp now) {
  job.created_at = time_of(job, hash, "created_at");
  if (!job.created_at) job.created_at = time_of(job, hash, "submitted_at");
  job.started_at = time_of(job, hash, "started_at");
  const std::optional<Timestamp> claimed = time_of(job, hash, "assigned_at");
  if (phase == Phase::completed) job.finished_at = time_of(job, hash, "completed_at");
  if (phase == Phase::failed) job.finished_at = time_of(job, hash, "failed_at");
  if (phase == Phase::cancelled) job.finished_at = time_of(job, hash, "cancelled_at");
  if (claimed) job.extra.push_back({"claimed_at", *claimed});
  const auto between = [](Timestamp from, Timestamp to) -> std::optional<Milliseconds> {
    if (to < from) return std::nullopt;
    return std::chrono::duration_cast<Milliseconds>(to - from);
  };
  // A retried job waited again from a moment that is not stored.
  if (claimed && job.created_at && failures == 0) job.wait = between(*job.created_at, *claimed);
  if (job.started_at && job.finished_at) job.run = between(*job.started_at, *job.finished_at);
  if (job.started_at && phase == Phase::started) job.run = between(*job.started_at, now);
}

void read_extra(Job& job, const JobHash& hash, const DecodeContext& context) {
  for (const std::string_view name : {"current_step", "step_number", "total_steps", "workflow_datetime"})
    if (const std::optional<std::string_view> value = hash.filled(name)) {
      if (name == "workflow_datetime") {
        if (const std::optional<std::int64_t> ms = parse_number(*value); ms && *ms > 0 && *ms < 253'402'300'800'000)
          job.extra.push_back({std::string(name), Timestamp(std::chrono::milliseconds(*ms))});
      } else if (const std::optional<std::int64_t> number = parse_number(*value)) {
        job.extra.push_back({std::string(name), *number});
      }
    }
  for (const std::string_view name : {"last_failed_worker", "processing_time", "estimated_completion"})
    if (std::optional<Untrusted> value = text_of(hash, name))
      job.extra.push_back({std::string(name), *std::move(value)});
  if (const std::optional<std::string_view> ctx = hash.filled("ctx")) {
    const json document = parse_bounded(*ctx);
    const json::json_pointer attempt("/workflow_context/retry_attempt");
    if (document.is_object() && document.contains(attempt) && document.at(attempt).is_number_integer())
      job.extra.push_back({"product_attempt", document.at(attempt).get<std::int64_t>()});
    if (context.payload) job.extra.push_back({"ctx", JsonText{Untrusted(std::string(*ctx))}});
  }
  if (const std::optional<std::string_view> text = hash.filled("requirements"); text && context.payload)
    job.extra.push_back({"requirements", JsonText{Untrusted(std::string(*text))}});
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  const JobHash& hash = entry.record;
  // Everything else of the system names a job by its key: queues, results, attestations.
  job.ref.id = Untrusted(std::string(entry.raw));
  if (std::optional<Untrusted> own = text_of(hash, "id"); own && own->raw() != entry.raw) {
    add_note(job, "id-differs", "the field id is not the id in the key: the job is found by both");
    job.extra.push_back({std::string(other_id_field), *std::move(own)});
  }
  for (const std::string_view name : {"service_required", "job_type", "type"})
    if (!job.kind) job.kind = text_of(hash, name);
  job.queue = job.kind;
  job.native_state = text_of(hash, "status");
  const Phase phase = phase_of(hash.filled("status").value_or(""));
  const std::int64_t failures = std::max<std::int64_t>(0, number_of(job, hash, "retry_count").value_or(0));
  job.state = state_of(phase, failures);
  if (phase == Phase::unknown) add_note(job, "unknown-status", "the status is not one that the system writes");
  if (job.native_state && job.native_state->raw() == "unworkable")
    add_note(job, "blocked", "marked unworkable; nothing writes or clears that today");

  job.priority = number_of(job, hash, "workflow_priority");
  if (!job.priority || std::get<std::int64_t>(*job.priority) == 0) {
    const std::optional<std::int64_t> own = number_of(job, hash, "priority");
    job.priority = own ? std::optional<Priority>(*own) : std::nullopt;
  }
  job.error = phase == Phase::failed || phase == Phase::cancelled ? text_of(hash, "error") : std::nullopt;
  // A claim is cleared by a failure that may be retried: where one stands although the job was ended from outside, an
  // attempt had begun.
  const bool stopped = (phase == Phase::cancelled || (job.error && job.error->raw() == cancelled_by_user)) &&
                       (hash.filled("assigned_at") || (failures == 0 && hash.filled("started_at")));
  const bool begun = phase == Phase::claimed || phase == Phase::started || phase == Phase::completed || stopped;
  job.attempts = begun && failures < INT64_MAX ? failures + 1 : failures;
  job.max_attempts = number_of(job, hash, "max_retries");
  read_times(job, hash, phase, failures, context.now);
  if (job.run && job.attempts == 0) job.attempts = 1;
  job.worker = text_of(hash, "worker_id");
  job.tenant = text_of(hash, "customer_id");
  job.workflow_id = text_of(hash, "workflow_id");
  job.trace.correlation_id = job.workflow_id;

  const std::string_view payload = hash.filled("payload").value_or("");
  // Only a payload that names trace context is worth parsing for it.
  const bool may_carry =
      payload.find("race") != std::string_view::npos || payload.find("\\u") != std::string_view::npos;
  const json document = payload.empty() || !may_carry ? json() : parse_bounded(payload);
  read_trace(job, hash, document);
  read_extra(job, hash, context);
  if (job.state == JobState::failed && job.error && job.error->raw() == cancelled_by_user)
    job.state = JobState::cancelled;
  if (!entry.companions.empty()) read_details(job, entry, phase, context.payload);
  if (context.payload && !payload.empty()) {
    const bool valid = is_json(payload);
    job.payload =
        Payload{valid ? Payload::Form::json : Payload::Form::text, Untrusted(std::string(payload)), payload.size()};
    if (!valid) add_note(job, "bad-payload", "the payload is not JSON");
  }
  return job;
}

/// `job:<id>` and not `job:<id>:progress`; ids are free text, but hashes of progress have no job fields either.
bool belongs(const Place& place, std::string_view key) {
  return place.container != Container::records || !key.ends_with(":progress");
}

Deployment deploy(const Source& source) {
  Deployment deployment;
  for (const auto& [option, value] : source.keys) {
    if (option == ignored_option)
      deployment.settings[option] = value;
    else if (source.system && *source.system == system.info.name)
      throw Error(ErrorKind::usage, "emp-job-queue has no key options: its key names are fixed")
          .with_hint("known: " + std::string(ignored_option));
  }
  Place waiting;
  waiting.key = pending_key;
  waiting.container = Container::sorted_set;
  waiting.holds = Holds::ids;
  waiting.by_creation = false;
  waiting.listed = false;
  waiting.shared = true;
  waiting.native = "pending";
  waiting.alias = "pending";
  waiting.states = {JobState::pending, JobState::retrying};
  Place records;
  records.key = job_prefix;
  records.family = true;
  records.container = Container::records;
  records.role = PlaceRole::any;
  records.states = JobStates::all();
  deployment.places = {waiting, records};
  return deployment;
}

constexpr std::array states{StateMapping{"pending", JobState::pending, "retry_count = 0"},
                            StateMapping{"pending", JobState::retrying, "retry_count > 0"},
                            StateMapping{"queued", JobState::pending},
                            StateMapping{"unworkable", JobState::pending, "legacy, flagged blocked"},
                            StateMapping{"assigned", JobState::running, "claimed, not started"},
                            StateMapping{"accepted", JobState::running, "claimed, not started"},
                            StateMapping{"in_progress", JobState::running},
                            StateMapping{"completed", JobState::completed},
                            StateMapping{"failed", JobState::failed},
                            StateMapping{"failed", JobState::cancelled, "the error says a user cancelled it"},
                            StateMapping{"timeout", JobState::failed},
                            StateMapping{"cancelled", JobState::cancelled}};

/// Running, but its worker has no heartbeat.
constexpr std::array<std::string_view, 1> stale_notes{"abandoned"};

constexpr std::array<std::string_view, 33> summary_fields{"id",
                                                          "service_required",
                                                          "job_type",
                                                          "type",
                                                          "status",
                                                          "priority",
                                                          "requirements",
                                                          "customer_id",
                                                          "created_at",
                                                          "submitted_at",
                                                          "retry_count",
                                                          "max_retries",
                                                          "workflow_id",
                                                          "workflow_priority",
                                                          "workflow_datetime",
                                                          "current_step",
                                                          "step_number",
                                                          "total_steps",
                                                          "job_trace_id",
                                                          "job_span_id",
                                                          "workflow_trace_id",
                                                          "workflow_span_id",
                                                          "trace_context",
                                                          "traceparent",
                                                          "trace_id",
                                                          "worker_id",
                                                          "assigned_at",
                                                          "started_at",
                                                          "completed_at",
                                                          "failed_at",
                                                          "cancelled_at",
                                                          "last_failed_worker",
                                                          "error"};

}  // namespace

constexpr RedisSystem system{
    .info = {.name = "emp-job-queue",
             .title = "emp-job-queue",
             .family = StorageFamily::redis,
             .summary = "GPU and AI jobs in Redis: a hash for each job, one sorted set of waiting ids",
             .versions = "v0.9.11 of 2025-08-16 and master of 2025-10-04 (ceb26d4)",
             .storage = "hashes job:*, sorted set jobs:pending, hashes jobs:active:*, jobs:completed, jobs:failed",
             .order = "highest score in jobs:pending first; a worker takes the first of the top 100 that it matches",
             .trace = "job_trace_id and workflow_trace_id in the hash, _traceContext in the payload; constants since "
                      "2025-09-29",
             .limits = "no delayed jobs; errors of retried attempts and expired results live in attestations only; "
                       "nothing is indexed but the id",
             .states = states,
             .spans = {.attribute = "step_id", .service = "emp-api"}},
    .find = {.scan_patterns = record_patterns,
             .record_fields = record_fields,
             .unread_remedy = "its key names are fixed, so no worker takes jobs from there: rename the keys, or leave "
                              "them out with `ignored_lists` in the keys of the source",
             .is_present = is_present},
    .place = {.deploy = deploy, .belongs = belongs},
    .read = {.decode = decode,
             .details = details,
             .record = "job:{id}",
             .summary_fields = summary_fields,
             .placeholders = placeholders,
             .stale_notes = stale_notes,
             .correlation = Lookup::scanned,
             .times = true},
    .explain = {.replay = replay,
                .shared_note = "a worker takes the first of the top 100 that it matches: --worker shows its own order",
                .find_facts = find_facts,
                .diagnoses = diagnoses,
                .look = look,
                .watch = watch},
    .change = {.actions = actions,
               .refusals = refusals,
               .guard_fields = guard_fields,
               .standing_key = pending_key,
               .standing = standing,
               .holders = worker_names,
               .belongings = belongings},
};

}  // namespace queuetrace::emp_job_queue

// How an id in one of BullMQ's containers and its hash become a job (docs/systems/bullmq.md sections 2.2, 3 and 6).
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_hash.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/bullmq/parts.hpp"
#include "model/job_reference.hpp"

namespace queuetrace::bullmq {
namespace {

using nlohmann::json;

/// A delayed job's score is its time in milliseconds, shifted by twelve bits that count jobs of one millisecond.
constexpr double delayed_steps = 4096;

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Timestamp> time_at(std::int64_t milliseconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800'000;
  if (milliseconds <= 0 || milliseconds >= year_10000) return std::nullopt;
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

std::optional<Timestamp> time_of(const JobHash& hash, std::string_view field) {
  const std::optional<std::int64_t> number = number_of(hash, field);
  return number ? time_at(*number) : std::nullopt;
}

JobState state_of(const Place& place, std::int64_t begun) {
  switch (place.role) {
    case PlaceRole::running: return JobState::running;
    case PlaceRole::completed: return JobState::completed;
    case PlaceRole::dead: return JobState::failed;
    case PlaceRole::later:
      if (place.states.contains(JobState::blocked)) return JobState::blocked;
      return begun > 0 ? JobState::retrying : JobState::scheduled;
    case PlaceRole::waiting:
    case PlaceRole::any: break;
  }
  return JobState::pending;
}

/// Executions begun. From release 5 `ats` counts them; before, `attemptsMade` does, and Bull counts failures alone.
std::int64_t begun_of(const JobHash& hash, const Place& place) {
  std::int64_t begun = 0;
  for (const std::string_view field : {"ats", "atm", "attemptsMade"})
    begun = std::max(begun, number_of(hash, field).value_or(0));
  const bool ran = place.role == PlaceRole::running || place.role == PlaceRole::completed;
  return ran ? std::max<std::int64_t>(begun, 1) : begun;
}

void read_times(Job& job, const Entry& entry, std::int64_t begun) {
  const JobHash& hash = entry.record;
  job.created_at = time_of(hash, "timestamp");
  job.started_at = time_of(hash, "processedOn");
  if (job.state == JobState::completed || job.state == JobState::failed) job.finished_at = time_of(hash, "finishedOn");
  if (job.state == JobState::scheduled || job.state == JobState::retrying)
    if (const std::optional<double> score = number_in<double>(entry.score); score && *score > 0 && *score < 1e18)
      job.scheduled_at = time_at(static_cast<std::int64_t>(*score / delayed_steps));
  if (job.started_at && job.finished_at && *job.finished_at >= *job.started_at)
    job.run = std::chrono::duration_cast<Milliseconds>(*job.finished_at - *job.started_at);
  const Milliseconds delay{std::clamp<std::int64_t>(number_of(hash, "delay").value_or(0), 0, INT32_MAX)};
  // A later execution waited from a moment that is not stored.
  if (begun == 1 && job.created_at && job.started_at && *job.started_at >= *job.created_at + delay)
    job.wait = std::chrono::duration_cast<Milliseconds>(*job.started_at - *job.created_at - delay);
}

void read_options(Job& job, TraceCandidates& candidates, std::string_view text) {
  const json options = parse_bounded(text);
  if (!options.is_object()) return;
  const auto most = options.find("attempts");
  if (most == options.end()) job.max_attempts = 1;
  if (most != options.end() && most->is_number_integer())
    job.max_attempts = std::max<std::int64_t>(1, most->get<std::int64_t>());
  // Bull names the schedule of a repeated job here alone.
  if (const auto repeat = options.find("repeat"); repeat != options.end() && repeat->is_object())
    if (const auto key = repeat->find("key"); key != repeat->end() && key->is_string())
      job.extra.push_back({"scheduler", Untrusted(key->get<std::string>())});
  if (const auto carrier = options.find("tm"); carrier != options.end() && carrier->is_string())
    candidates.add_carrier("opts.tm", carrier->get_ref<const std::string&>());
  // Instrumentations of the community write the headers beside the options.
  json headers = json::object();
  for (const char* name : {"traceparent", "tracestate", "b3"})
    if (options.contains(name)) headers[name] = options[name];
  candidates.add_carrier("opts", headers.dump(-1, ' ', false, json::error_handler_t::replace));
}

void read_error(Job& job, const JobHash& hash, bool whole) {
  const std::optional<std::string_view> reason = hash.filled("failedReason");
  // A job that succeeded later keeps the reason; a thrown text leaves the word null.
  if (reason && *reason != "null" && (job.state == JobState::failed || job.state == JobState::retrying))
    job.error = Untrusted(std::string(*reason));
  if (const std::optional<std::string_view> failure = hash.filled("defa")) {
    add_note(job, "deferred-failure", "a worker that takes it fails it at once");
    job.extra.push_back({"deferred_failure", Untrusted(std::string(*failure))});
  }
  if (!whole) return;
  const std::optional<std::string_view> stack = hash.filled("stacktrace");
  if (const json traces = parse_bounded(stack.value_or("")); traces.is_array() && !traces.empty())
    if (traces.back().is_string()) job.extra.push_back({"stacktrace", Untrusted(traces.back().get<std::string>())});
}

void read_extra(Job& job, const JobHash& hash, const DecodeContext& context) {
  if (const std::optional<std::string_view> parent = hash.filled("parentKey")) {
    if (std::optional<std::string> id = reference_of(*parent, context.deployment))
      job.trace.causation_id = Untrusted(*std::move(id));  // the parent waits for this job, not this job for it
    else
      job.extra.push_back({"parent_key", Untrusted(std::string(*parent))});
  }
  const bool named = std::ranges::any_of(job.extra, [](const Field& field) { return field.name == "scheduler"; });
  if (std::optional<Untrusted> scheduler = text_of(hash, "rjk"); scheduler && !named)
    job.extra.push_back({"scheduler", *std::move(scheduler)});
  if (std::optional<Untrusted> id = text_of(hash, "deid")) job.extra.push_back({"deduplication_id", *std::move(id)});
  if (const std::optional<std::int64_t> stalls = number_of(hash, "stc")) job.extra.push_back({"stalls", *stalls});
  if (!context.payload) return;
  if (const std::optional<std::string_view> progress = hash.filled("progress"); progress && *progress != "0")
    job.extra.push_back({"progress", JsonText{Untrusted(std::string(*progress))}});
}

Payload payload_of(std::string_view text) {
  return {is_json(text) ? Payload::Form::json : Payload::Form::text, Untrusted(std::string(text)), text.size()};
}

}  // namespace

bool is_job(const Place& place, std::string_view element) {
  return place.container != Container::list || !element.starts_with("0:");
}

std::optional<std::string> reference_of(std::string_view key, const Deployment& deployment) {
  const std::string before = deployment.prefix + ":";
  if (!key.starts_with(before)) return std::nullopt;
  const std::string_view rest = key.substr(before.size());
  // A queue's name holds no colon, an id may.
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size()) return std::nullopt;
  return job_reference(rest.substr(0, colon), rest.substr(colon + 1));
}

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool) {
  if (!entry.record.exists()) return {};
  const std::string key = queue_key(deployment, entry.queue, entry.id);
  if (entry.place.role == PlaceRole::running) return {{"PTTL", key + ":lock"}};
  const std::string parent(entry.record.filled("parentKey").value_or(""));
  if (entry.place.role == PlaceRole::dead && !parent.empty()) return {{"SISMEMBER", parent + ":dependencies", key}};
  return {};
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  const JobHash& hash = entry.record;
  job.ref.id = Untrusted(std::string(entry.id));
  job.queue = Untrusted(std::string(entry.queue));
  const std::int64_t begun = begun_of(hash, entry.place);
  job.state = state_of(entry.place, begun);
  if (!hash.exists()) {
    add_note(job, "no-record", "the id stands here, and there is no such job");
    return job;
  }
  job.kind = text_of(hash, "name");
  job.attempts = begun;
  job.worker = text_of(hash, "pb");
  if (const std::optional<std::int64_t> priority = number_of(hash, "priority"); priority && *priority > 0)
    job.priority = *priority;
  read_times(job, entry, begun);
  TraceCandidates candidates;
  read_options(job, candidates, hash.filled("opts").value_or("{}"));
  // Of the last attempt; the same trace as the producer's, another span.
  candidates.add_carrier("tm", hash.filled("tm").value_or(""));
  const std::string_view data = hash.filled("data").value_or("");
  if (data.find("race") != std::string_view::npos || data.find("b3") != std::string_view::npos)
    candidates.add_carrier("data", data.starts_with("{") ? data : std::string_view());
  candidates.fill(job);
  read_error(job, hash, context.payload);
  read_extra(job, hash, context);
  const std::int64_t answer = entry.companions.size() == 1 ? entry.companions[0].integer() : 0;
  if (job.state == JobState::failed && answer == 1)
    add_note(job, "awaited", "its parent waits for it, and does so for ever unless it is retried or the flow removed");
  if (job.state == JobState::running && answer == -2)
    add_note(job, "stalled", "no worker holds its lock: it runs on unseen, or its worker is gone");
  if (context.payload && !data.empty()) job.payload = payload_of(data);
  if (const std::optional<std::string_view> value = hash.filled("returnvalue");
      context.payload && value && job.state == JobState::completed)
    job.result = payload_of(*value);
  return job;
}

}  // namespace queuetrace::bullmq

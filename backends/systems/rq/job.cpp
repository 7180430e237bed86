// How an id in one of RQ's lists and registries and its hash become a job (docs/systems/rq.md sections 2.2, 3 and 6).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_hash.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/named_strings.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/rq/parts.hpp"

namespace queuetrace::rq {
namespace {

/// Dependencies of a deferred job whose states are looked at.
constexpr std::size_t most_looked_at = 16;
constexpr std::size_t most_dependencies = 1'000;
/// Schedulers look every second or so.
constexpr std::chrono::seconds late{120};
/// An execution's id in hexadecimal digits, from release 2.
constexpr std::size_t execution_digits = 32;

std::optional<Timestamp> time_of(const JobHash& hash, std::string_view field) {
  const std::optional<std::string_view> text = hash.filled(field);
  return text ? parse_timestamp(*text) : std::nullopt;
}

std::optional<Timestamp> time_of_score(std::string_view score) {
  constexpr double year_10000 = 253'402'300'800.0;
  double seconds = 0;
  const auto [end, error] = std::from_chars(score.data(), score.data() + score.size(), seconds);
  if (error != std::errc{} || end != score.data() + score.size() || !(seconds > 0) || seconds >= year_10000)
    return std::nullopt;  // `inf`: for ever
  return Timestamp(std::chrono::microseconds(std::llround(seconds * 1e6)));
}

/// A heartbeat that comes too late makes a hash of nothing but itself.
bool is_there(const JobHash& hash) { return hash.filled("created_at").has_value(); }

bool was_begun(const JobHash& hash) { return hash.filled("started_at").has_value(); }

JobState state_of(const Place& place, const JobHash& hash) {
  switch (place.role) {
    case PlaceRole::running: return JobState::running;
    case PlaceRole::completed:
      return place.states.contains(JobState::cancelled) ? JobState::cancelled : JobState::completed;
    case PlaceRole::dead:
      return hash.filled("status").value_or("") == "stopped" ? JobState::cancelled : JobState::failed;
    case PlaceRole::later:
      if (place.states.contains(JobState::blocked)) return JobState::blocked;
      // A job that repeats was begun before, too, and did not fail.
      return was_begun(hash) && !hash.filled("repeats_left") ? JobState::retrying : JobState::scheduled;
    case PlaceRole::waiting:
    case PlaceRole::any: break;
  }
  return JobState::pending;
}

void read_times(Job& job, const Entry& entry, const DecodeContext& context) {
  const JobHash& hash = entry.record;
  const bool is_taken = job.state == JobState::running && entry.place.container == Container::list;
  job.created_at = time_of(hash, "created_at");
  if (!is_taken) job.started_at = time_of(hash, "started_at");
  const std::optional<Timestamp> queued = time_of(hash, "enqueued_at");
  if (entry.place.role == PlaceRole::completed || entry.place.role == PlaceRole::dead)
    job.finished_at = time_of(hash, "ended_at");
  if (entry.place.role == PlaceRole::later && job.state != JobState::blocked)
    job.scheduled_at = time_of_score(entry.score);
  const auto span = [](Timestamp from, Timestamp to) { return std::chrono::duration_cast<Milliseconds>(to - from); };
  // Of a job that waits for another run these times are of the run before.
  if (job.started_at && queued && *queued <= *job.started_at) job.wait = span(*queued, *job.started_at);
  if (job.started_at && job.finished_at && *job.finished_at >= *job.started_at)
    job.run = span(*job.started_at, *job.finished_at);
  if (job.state == JobState::running && job.started_at && *job.started_at <= context.now)
    job.run = span(*job.started_at, context.now);
  if (queued) job.extra.push_back({"enqueued_at", *queued});
  if (entry.place.role == PlaceRole::completed || entry.place.role == PlaceRole::dead)
    if (const std::optional<Timestamp> expiry = time_of_score(entry.score);
        expiry && entry.place.native != std::string_view("canceled"))
      job.extra.push_back({"expires_at", *expiry});
  if (const std::optional<Timestamp> beat = time_of(hash, "last_heartbeat"))
    job.extra.push_back({"last_heartbeat", *beat});
}

void read_attempts(Job& job, const Entry& entry) {
  const JobHash& hash = entry.record;
  const std::optional<std::int64_t> left = number_of(hash, "retries_left");
  // Only what is left is stored of the usual retry; a job without it is begun once, and once more for each time that it
  // asked for another run itself.
  if (!was_begun(hash))
    job.attempts = 0;
  else if (!left)
    job.attempts = std::clamp<std::int64_t>(number_of(hash, "number_of_retries").value_or(0), 0, INT32_MAX) + 1;
  for (const char* name : {"retries_left", "repeats_left", "number_of_retries", "timeout"})
    if (const std::optional<std::int64_t> number = number_of(hash, name)) job.extra.push_back({name, *number});
}

void read_relations(Job& job, const JobHash& hash) {
  for (std::string& id :
       dependencies_in(hash.filled("dependency_ids").value_or(""), hash.filled("dependency_id").value_or("")))
    job.parents.emplace_back(std::move(id));
  job.batch_id = text_of(hash, "group_id");
  if (std::optional<Untrusted> key = text_of(hash, "rate_limit_key"))
    job.extra.push_back({"rate_limit_key", *std::move(key)});
}

bool is_correlation(std::string_view name) { return name == "correlation_id" || name == "request_id"; }

/// `payload`: the arguments where they are JSON, otherwise the description, which shows them shortened.
void read_payload(Job& job, const JobHash& hash, const Call& call) {
  const std::optional<std::string_view> description = hash.filled("description");
  if (!call.serialised.empty())
    job.extra.push_back({"serializer", Untrusted(std::string(call.pickled ? "pickle" : "json"))});
  if (call.arguments) {
    job.payload = Payload{Payload::Form::json, Untrusted(*call.arguments), call.arguments->size()};
  } else if (description) {
    job.payload = Payload{Payload::Form::text, Untrusted(std::string(*description)), description->size()};
  }
  if (call.arguments && description) job.extra.push_back({"description", Untrusted(std::string(*description))});
}

/// The states of dependencies: with a failed one the job waits for ever.
void read_dependencies(Job& job, std::span<const Reply> states) {
  for (const Reply& state : states)
    if (const std::string_view word = state.text(); word == "failed" || word == "canceled" || word == "stopped")
      return add_note(job, "dependency-failed", "a job that it waits for failed, was stopped or cancelled");
}

void read_details(Job& job, const Entry& entry, bool whole) {
  std::span<const Reply> answers = entry.companions;
  if (answers.empty()) return;
  if (job.state != JobState::completed) {
    if (const std::int64_t dependents = answers.back().integer(); dependents > 0)
      job.extra.push_back({"dependents", dependents});
    answers = answers.first(answers.size() - 1);
  }
  if (job.state == JobState::blocked) return read_dependencies(job, answers);
  if (!answers.empty()) read_result(job, answers.front(), whole);
}

void read_old_error(Job& job, const JobHash& hash, bool whole) {
  const std::optional<std::string_view> packed = hash.filled("exc_info");
  if (job.error || job.state != JobState::failed || !packed) return;
  read_traceback(job, *packed, whole);
}

void read_notes(Job& job, const Entry& entry, const DecodeContext& context) {
  const std::optional<Timestamp> score = time_of_score(entry.score);
  if (job.state == JobState::running && entry.place.container == Container::list)
    add_note(job, "not-begun", "a worker took it and has not begun it: it does so within a moment, or it died");
  else if (job.state == JobState::running && score && *score < context.now)
    add_note(job, "abandoned", "its worker's heartbeat ran out: the worker is gone, or hangs");
  if (job.scheduled_at && *job.scheduled_at + late < context.now)
    add_note(job, "overdue", "due for more than two minutes: no scheduler moves it to its queue");
}

}  // namespace

std::vector<std::string> dependencies_in(std::string_view ids, std::string_view only) {
  std::vector<std::string> out;
  const nlohmann::json list = parse_bounded(ids);
  if (list.is_array())
    for (const nlohmann::json& id : list)
      if (id.is_string() && out.size() < most_dependencies) out.push_back(id.get<std::string>());
  if (out.empty() && !only.empty()) out.emplace_back(only);
  return out;
}

std::string_view id_in(const Place& place, std::string_view element) {
  if (place.role != PlaceRole::running || element.size() <= execution_digits + 1) return element;
  const std::string_view execution = element.substr(element.size() - execution_digits);
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (element[element.size() - execution_digits - 1] != ':' || !std::ranges::all_of(execution, is_digit))
    return element;
  return element.substr(0, element.size() - execution_digits - 1);
}

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole) {
  if (!is_there(entry.record)) return {};
  std::vector<RedisCommand> commands;
  const JobState state = state_of(entry.place, entry.record);
  const bool failed = entry.place.role == PlaceRole::dead;
  if (failed || (whole && state == JobState::completed))
    commands.push_back({"XREVRANGE", deployment.prefix + ":results:" + std::string(entry.id), "+", "-", "COUNT", "1"});
  if (state == JobState::blocked && entry.record.filled("allow_dependency_failures").value_or("0") != "1") {
    const JobHash& hash = entry.record;
    std::vector<std::string> ids =
        dependencies_in(hash.filled("dependency_ids").value_or(""), hash.filled("dependency_id").value_or(""));
    for (std::size_t i = 0; i < std::min(ids.size(), most_looked_at); ++i)
      commands.push_back({"HGET", deployment.prefix + ":job:" + ids[i], "status"});
  }
  if (state != JobState::completed) commands.push_back({"SCARD", dependents_key(deployment, entry.id)});
  return commands;
}

void read_trace(Job& job, const JobHash& hash, std::string_view call) {
  TraceCandidates candidates;
  const std::string_view meta = hash.filled("meta").value_or("");
  candidates.add_carrier("meta", carrier_in(meta));
  candidates.add_carrier("arguments", carrier_in(call));
  candidates.fill(job);
  if (const NamedStrings named = named_strings(meta, is_correlation); !named.empty())
    job.trace.correlation_id = Untrusted(named.front().second);
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  const JobHash& hash = entry.record;
  job.ref.id = Untrusted(std::string(entry.id));
  job.queue = entry.queue.empty() ? text_of(hash, "origin") : Untrusted(std::string(entry.queue));
  job.state = state_of(entry.place, hash);
  if (entry.place.role == PlaceRole::dead)
    job.native_state = Untrusted(job.state == JobState::cancelled ? "stopped" : "failed");
  if (!is_there(hash)) {
    add_note(job, "no-record", "the id stands here, and there is no such job: it expired, or was removed");
    return job;
  }
  const Call call = read_call(hash.filled("data").value_or(""));
  if (call.function)
    job.kind = Untrusted(*call.function);
  else if (std::optional<std::string> function = function_in(hash.filled("description").value_or("")))
    job.kind = Untrusted(*std::move(function));
  read_times(job, entry, context);
  read_attempts(job, entry);
  read_relations(job, hash);
  if (job.started_at) job.worker = text_of(hash, "worker_name");
  read_trace(job, hash, call.serialised);
  read_details(job, entry, context.payload);
  read_old_error(job, hash, context.payload);
  read_notes(job, entry, context);
  if (context.payload) read_payload(job, hash, call);
  return job;
}

}  // namespace queuetrace::rq

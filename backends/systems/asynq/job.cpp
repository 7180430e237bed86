// How an id in one of Asynq's containers and its task become a job (docs/systems/asynq.md sections 2, 3 and 6).
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/raw_payload.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/asynq/messages.hpp"
#include "backends/systems/asynq/parts.hpp"

namespace queuetrace::asynq {
namespace {

/// Servers look every 5 seconds for what is due.
constexpr std::chrono::seconds late{60};

/// What details() asks of a running task before its servers.
enum Detail : std::size_t { lease = 0, deadline = 1, state_now = 2, first_worker = 3 };

JobState state_of(const Place& place) {
  switch (place.role) {
    case PlaceRole::running: return JobState::running;
    case PlaceRole::completed: return JobState::completed;
    case PlaceRole::dead: return JobState::dead;
    case PlaceRole::later:
      for (const JobState state : {JobState::blocked, JobState::retrying})
        if (place.states.contains(state)) return state;
      return JobState::scheduled;
    case PlaceRole::waiting:
    case PlaceRole::any: break;
  }
  return JobState::pending;
}

/// A score in whole seconds, as all of Asynq's are.
std::optional<Timestamp> time_of_score(std::string_view score) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(score.data(), score.data() + score.size(), seconds);
  if (error != std::errc{} || end != score.data() + score.size() || !(seconds > 0 && seconds < 1e12))
    return std::nullopt;
  return time_at(static_cast<std::int64_t>(seconds));
}

std::optional<Timestamp> time_of_nanoseconds(std::string_view text) {
  std::int64_t nanoseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nanoseconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || nanoseconds <= 0) return std::nullopt;
  return Timestamp(std::chrono::microseconds(nanoseconds / 1000));
}

/// The failure that archives a task is not counted by the library, and happens at the moment of the archiving.
bool was_archived_by_failure(const Job& job, const TaskMessage& task) {
  return job.state == JobState::dead && task.last_failed > 0 && job.finished_at == time_at(task.last_failed);
}

void read_attempts(Job& job, const TaskMessage& task) {
  const bool one_more =
      job.state == JobState::running || job.state == JobState::completed || was_archived_by_failure(job, task);
  job.attempts = task.retried + (one_more ? 1 : 0);
  job.max_attempts = task.most_retries + 1;
}

void read_times(Job& job, const Entry& entry, const TaskMessage& task, const DecodeContext& context) {
  const std::optional<Timestamp> score = time_of_score(entry.score);
  switch (job.state) {
    case JobState::pending:
      job.scheduled_at = time_of_nanoseconds(entry.record.filled("pending_since").value_or(""));
      break;
    case JobState::scheduled:
    case JobState::retrying:
      job.scheduled_at = score;
      if (score && *score + late < context.now)
        add_note(job, "overdue", "due for more than a minute: no server moves it to its queue");
      break;
    case JobState::dead: job.finished_at = score; break;
    case JobState::completed:
      job.finished_at = time_at(task.completed);
      if (score) job.extra.push_back({"expires_at", *score});
      break;
    default: break;
  }
}

void read_error(Job& job, const TaskMessage& task) {
  if (task.error.empty()) return;
  // A task that was archived and run again, or that succeeded after a failure, keeps the text.
  Untrusted text{std::string(task.error)};
  if (job.state == JobState::retrying || job.state == JobState::dead)
    job.error = std::move(text);
  else
    job.extra.push_back({"last_error", std::move(text)});
}

/// The headers as a JSON object; empty: there are none.
std::string headers_of(const TaskMessage& task) {
  if (task.headers.empty()) return {};
  nlohmann::json headers = nlohmann::json::object();
  for (const auto& [name, value] : task.headers) headers[std::string(name)] = value;
  return headers.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void read_trace(Job& job, const TaskMessage& task, const std::string& headers) {
  TraceCandidates candidates;
  candidates.add_carrier("trace_of_headers", headers);
  // Before release 0.26 a task has no headers, and applications put the context into the payload.
  if (task.payload.starts_with('{') &&
      (task.payload.find("race") != std::string_view::npos || task.payload.find("b3") != std::string_view::npos))
    candidates.add_carrier("trace_of_payload", task.payload);
  candidates.fill(job);
}

void read_extra(Job& job, const TaskMessage& task, const JobHash& record) {
  const auto add_seconds = [&](const char* name, std::int64_t seconds) {
    if (seconds > 0) job.extra.push_back({name, seconds});
  };
  add_seconds("timeout_s", task.timeout_s);
  add_seconds("retention_s", task.retention_s);
  for (const auto& [name, seconds] :
       {std::pair("deadline", task.deadline), std::pair("last_failed_at", task.last_failed)})
    if (const std::optional<Timestamp> time = time_at(seconds)) job.extra.push_back({name, *time});
  if (const std::optional<std::string_view> key = record.filled("unique_key"))
    job.extra.push_back({"unique_key", Untrusted(std::string(*key))});
}

/// What the answers to details() tell.
void read_hands(Job& job, const Entry& entry, const DecodeContext& context) {
  if (entry.companions.size() < first_worker) return;
  for (const Reply& reply : entry.companions.subspan(first_worker))
    if (const std::optional<WorkerInfo> info =
            reply.is(Reply::Type::string) ? read_worker(reply.text()) : std::nullopt) {
      job.worker = Untrusted(info->worker);
      job.started_at = info->started_at;
    }
  if (job.started_at && *job.started_at <= context.now)
    job.run = std::chrono::duration_cast<Milliseconds>(context.now - *job.started_at);
  // It was put back or ended between the two looks.
  if (entry.companions[state_now].text() != "active") return;
  const bool leased = entry.companions[lease].is(Reply::Type::string);
  const std::optional<Timestamp> until = time_of_score(entry.companions[leased ? lease : deadline].text());
  if (until) job.extra.push_back({"lease_expires_at", *until});
  if (!until)
    add_note(job, "no-lease", "in no server's hands as far as leases tell: nothing in Asynq ever puts it back");
  else if (*until < context.now)
    add_note(job, "lease-expired",
             "its server let the lease run out: it is put back by a server that takes from the queue");
}

}  // namespace

std::string_view group_of(std::string_view key, std::string_view queue) {
  const std::string before = queue_key(queue, "g:");
  return key.starts_with(before) ? key.substr(before.size()) : std::string_view();
}

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool) {
  if (entry.place.role != PlaceRole::running || !entry.record.exists()) return {};
  const std::string id(entry.id);
  std::vector<RedisCommand> commands{{"ZSCORE", queue_key(entry.queue, "lease"), id},
                                     {"ZSCORE", queue_key(entry.queue, "deadlines"), id},
                                     {"HGET", queue_key(entry.queue, "t:" + id), "state"}};
  for (const std::string& worker : deployment.workers) commands.push_back({"HGET", worker, id});
  return commands;
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  const JobHash& record = entry.record;
  job.ref.id = Untrusted(std::string(entry.id));
  job.queue = Untrusted(std::string(entry.queue));
  job.state = state_of(entry.place);
  const std::optional<std::string_view> message = record.field("msg");
  if (!message) {
    add_note(job, "no-record", "the id stands here, and there is no such task");
    return job;
  }
  const TaskMessage task = read_task(*message);
  // Of a task that is too large only the beginning was read, and the engine says so.
  if (!task.readable && entry.cut_from == 0)
    add_note(job, "undecodable", "its message is no task of Asynq 0.18 or later: a server that takes it fails over it");
  if (!task.type.empty()) job.kind = Untrusted(std::string(task.type));
  read_times(job, entry, task, context);
  read_attempts(job, task);
  read_error(job, task);
  const std::string headers = headers_of(task);
  read_trace(job, task, headers);
  read_extra(job, task, record);
  if (!headers.empty()) job.extra.push_back({"headers", JsonText{Untrusted(headers)}});
  if (job.state == JobState::blocked) {
    if (!task.group.empty()) job.batch_id = Untrusted(std::string(task.group));
    if (entry.place.alias == aggregation_set)
      add_note(job, "in-aggregation", "a server took it out of its group to make one task of them");
  } else if (!task.group.empty()) {
    job.extra.push_back({"group", Untrusted(std::string(task.group))});
  }
  const std::string_view state = record.field("state").value_or("");
  if (state != entry.place.native)
    add_note(job, "wrong-state",
             "its own state is not that of the place where its id stands: the library's operations on it fail");
  read_hands(job, entry, context);
  if (!context.payload) return job;
  if (!task.payload.empty()) job.payload = raw_payload(task.payload);
  if (const std::optional<std::string_view> result = record.filled("result")) job.result = raw_payload(*result);
  return job;
}

}  // namespace queuetrace::asynq

// How an element of Resque's lists, or what a worker works on, becomes a job (docs/systems/resque.md sections 2 and 3).
#include <algorithm>
#include <charconv>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/history_note.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/resque/parts.hpp"

namespace queuetrace::resque {
namespace {

using nlohmann::json;

/// The scheduler looks every 5 seconds for what is due.
constexpr std::chrono::seconds late{60};
/// Arguments looked into for trace context.
constexpr std::size_t most_arguments = 8;

/// What Active Job hands over: one object as the only argument.
const json& active_job(const json& item) {
  static const json none;
  const json& arguments = member(item, "args");
  const bool wrapped =
      arguments.is_array() && arguments.size() == 1 && member(arguments.front(), "job_class").is_string();
  return wrapped ? arguments.front() : none;
}

/// resque-status: 32 hexadecimal digits and the job's options are the only arguments.
std::optional<Untrusted> status_id(const json& item) {
  const json& arguments = member(item, "args");
  if (!arguments.is_array() || arguments.size() != 2 || !arguments[0].is_string() || !arguments[1].is_object())
    return std::nullopt;
  const std::string& text = arguments[0].get_ref<const std::string&>();
  const bool digits = text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return digits ? std::optional(Untrusted(std::string(text))) : std::nullopt;
}

Untrusted id_of(const json& item, const json& wrapped, std::string_view text) {
  if (std::optional<Untrusted> id = text_of(member(wrapped, "job_id"))) return *std::move(id);
  if (std::optional<Untrusted> id = text_of(member(item, "id"))) return *std::move(id);
  if (std::optional<Untrusted> id = status_id(item)) return *std::move(id);
  return Untrusted(made_id(without_queue(text, item)));  // the same while it is delayed and when it waits
}

void read_trace(Job& job, std::string_view text, const json& item, const json& wrapped) {
  // Every name of a carrier but B3's has these letters in it; most jobs carry nothing and need no second look.
  if (text.find("race") == std::string_view::npos && text.find("b3") == std::string_view::npos &&
      text.find("otel") == std::string_view::npos)
    return;
  const auto dumped = [](const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); };
  TraceCandidates candidates;
  if (wrapped.is_object()) candidates.add_carrier("active_job_trace", dumped(wrapped));
  candidates.add_carrier("job_trace", text);
  const json& arguments = wrapped.is_object() ? member(wrapped, "arguments") : member(item, "args");
  for (std::size_t i = 0; arguments.is_array() && i < std::min(arguments.size(), most_arguments); ++i)
    if (arguments[i].is_object()) candidates.add_carrier("args." + std::to_string(i), dumped(arguments[i]));
  candidates.fill(job);
}

void read_payload(Job& job, std::string_view text, const json& wrapped) {
  std::optional<std::string_view> arguments = member_of(text, "args");
  if (!arguments) return;
  if (wrapped.is_object())
    if (const std::optional<std::string_view> first = first_element(*arguments))
      if (const std::optional<std::string_view> own = member_of(*first, "arguments")) arguments = own;
  job.payload = Payload{Payload::Form::json, Untrusted(std::string(*arguments)), arguments->size()};
}

/// An item `{class, args, ...}` as it waits, runs and fails; `whole`: all of it was read.
void read_item(Job& job, std::string_view text, const DecodeContext& context, bool whole) {
  const json item = parse_bounded(text);
  if (!item.is_object()) {
    job.ref.id = Untrusted(made_id(text));
    if (whole) add_note(job, "undecodable", "no job in JSON: a worker that takes it ends over it");
    if (context.payload) job.payload = Payload{Payload::Form::text, Untrusted(std::string(text)), text.size()};
    return;
  }
  const json& wrapped = active_job(item);
  job.ref.id = id_of(item, wrapped, text);
  job.kind = text_of(member(wrapped, "job_class"));
  if (!job.kind) job.kind = text_of(member(item, "class"));
  if (!job.queue) job.queue = text_of(member(item, "queue"));
  if (const json& executions = member(wrapped, "executions"); executions.is_number_integer())
    job.attempts = std::clamp<std::int64_t>(executions.get<std::int64_t>(), 0, INT32_MAX) +
                   (job.state == JobState::running || job.state == JobState::failed ? 1 : 0);
  read_trace(job, text, item, wrapped);
  if (context.payload) read_payload(job, text, wrapped);
}

/// What is written of a failure: in the list of failures, and by resque-retry.
void read_failure(Job& job, const json& failure, bool whole) {
  const std::optional<Untrusted> name = text_of(member(failure, "exception"));
  const std::optional<Untrusted> message = text_of(member(failure, "error"));
  if (name && message && name->raw() != message->raw())
    job.error = Untrusted(name->raw() + ": " + message->raw());
  else
    job.error = name ? name : message;
  for (const char* time : {"failed_at", "retried_at"})
    if (std::optional<Untrusted> text = text_of(member(failure, time))) job.extra.push_back({time, *std::move(text)});
  const json& lines = member(failure, "backtrace");
  if (!whole || !lines.is_array()) return;
  std::string backtrace;
  for (const json& line : lines)
    if (line.is_string()) backtrace += (backtrace.empty() ? "" : "\n") + line.get_ref<const std::string&>();
  if (!backtrace.empty()) job.extra.push_back({"backtrace", Untrusted(std::move(backtrace))});
}

Job decode_failure(const Entry& entry, const DecodeContext& context) {
  Job job;
  job.state = JobState::failed;
  const json failure = parse_bounded(entry.raw);
  job.queue = text_of(member(failure, "queue"));
  job.worker = text_of(member(failure, "worker"));
  read_failure(job, failure, context.payload);
  if (const json& time = member(failure, "failed_at"); time.is_string())
    job.finished_at = parse_time(time.get_ref<const std::string&>());
  if (member(failure, "retried_at").is_string())
    add_note(job, history_note.data(), "it was enqueued anew: what stands here is the record of its failure");
  read_item(job, member_of(entry.raw, "payload").value_or(entry.raw), context, entry.cut_from == 0);
  return job;
}

/// The record of a worker that is at work: `{queue, run_at, payload}`.
Job decode_run(const Entry& entry, const DecodeContext& context) {
  Job job;
  job.state = JobState::running;
  job.worker = Untrusted(std::string(entry.raw));
  const std::string_view text = entry.text.value_or("");
  const json work = parse_bounded(text);
  job.queue = text_of(member(work, "queue"));
  if (const json& time = member(work, "run_at"); time.is_string()) {
    job.started_at = parse_timestamp(time.get_ref<const std::string&>());
    if (!job.started_at) job.started_at = parse_time(time.get_ref<const std::string&>());
  }
  if (job.started_at && *job.started_at <= context.now)
    job.run = std::chrono::duration_cast<Milliseconds>(context.now - *job.started_at);
  read_item(job, member_of(text, "payload").value_or(text), context, entry.cut_from == 0);
  if (entry.companions.size() != 3) return job;
  if (entry.companions[2].integer() == 0) {
    add_note(job, "lost-worker", "its worker is not listed any more: nothing takes this job up again");
  } else if (const std::optional<Timestamp> beat = last_sign(entry.companions[0], entry.companions[1]);
             beat && *beat + prune_interval < context.now) {
    add_note(job, "silent-worker", "its worker gave no sign of life for more than 300 s");
    job.extra.push_back({"last_heartbeat", *beat});
  }
  return job;
}

/// What resque-retry knows of a delayed job: it failed, and this is its next attempt.
void read_retry(Job& job, const Entry& entry, const DecodeContext& context) {
  if (entry.companions.size() != 2 || !entry.companions[0].is(Reply::Type::string)) return;
  std::int64_t retries = 0;
  const std::string_view text = entry.companions[0].text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), retries);
  if (error != std::errc{} || end != text.data() + text.size() || retries < 0 || retries > INT32_MAX) return;
  job.state = JobState::retrying;
  job.attempts = retries + 1;
  if (entry.companions[1].is(Reply::Type::string))
    read_failure(job, parse_bounded(entry.companions[1].text()), context.payload);
}

Job decode_delayed(const Entry& entry, const DecodeContext& context) {
  Job job;
  job.state = JobState::scheduled;
  const std::string_view text = free_part(entry.key, entry.place.key, entry.place.suffix);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size() && seconds > 0 && seconds < 253'402'300'800)
    job.scheduled_at = Timestamp(std::chrono::seconds(seconds));
  if (job.scheduled_at && *job.scheduled_at + late < context.now)
    add_note(job, "overdue", "due for more than a minute: no scheduler moves it to its queue");
  read_item(job, entry.raw, context, entry.cut_from == 0);
  read_retry(job, entry, context);
  return job;
}

}  // namespace

std::string without_queue(std::string_view text, const json& item) {
  const std::optional<std::string_view> name = member_of(text, "class"), arguments = member_of(text, "args");
  if (item.size() != 3 || !name || !arguments || !item.contains("queue") || names_queue_second(text))
    return std::string(text);
  return "{\"class\":" + std::string(*name) + ",\"args\":" + std::string(*arguments) + "}";
}

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool) {
  if (entry.place.role == PlaceRole::running) {
    const std::string worker(entry.raw);
    std::vector<RedisCommand> asked = signs_of_life(deployment, worker);
    asked.push_back({"SISMEMBER", key_of(deployment, "workers"), worker});
    return asked;
  }
  if (entry.place.role != PlaceRole::later) return {};
  const std::optional<RetryKeys> keys = retry_keys(entry.raw);
  if (!keys) return {};
  return {{"GET", key_of(deployment, keys->count)}, {"GET", key_of(deployment, keys->failure)}};
}

Job decode(const Entry& entry, const DecodeContext& context) {
  switch (entry.place.role) {
    case PlaceRole::running: return decode_run(entry, context);
    case PlaceRole::dead: return decode_failure(entry, context);
    case PlaceRole::later: return decode_delayed(entry, context);
    default: break;
  }
  Job job;
  job.state = JobState::pending;
  job.queue = Untrusted(std::string(entry.queue));
  read_item(job, entry.raw, context, entry.cut_from == 0);
  return job;
}

}  // namespace queuetrace::resque

// How a member of Sidekiq's lists, sorted sets and work hashes becomes a job (docs/systems/sidekiq.md sections 2.2, 3).
#include <algorithm>
#include <charconv>
#include <cmath>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/engines/redis/json_value.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/sidekiq/parts.hpp"

namespace queuetrace::sidekiq {
namespace {

using nlohmann::json;

/// Executions of a job whose `retry` is true: the first, and 25 retries (`max_retries` when not configured).
constexpr std::int64_t usual_attempts = 26;
/// Processes poll about every 5 to 15 seconds for what is due.
constexpr std::chrono::seconds late{120};
/// A process beats every 5 or 10 seconds.
constexpr std::chrono::seconds silent_after{45};

std::optional<Timestamp> time_of_score(std::string_view score) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(score.data(), score.data() + score.size(), seconds);
  if (error != std::errc{} || end != score.data() + score.size()) return std::nullopt;
  return parse_time(seconds);
}

/// What Active Job hands over: one object as the only argument.
const json& active_job(const json& document) {
  const json& arguments = member(document, "args");
  static const json none;
  const bool wrapped =
      arguments.is_array() && arguments.size() == 1 && member(arguments.front(), "job_class").is_string();
  return wrapped ? arguments.front() : none;
}

/// As the web interface names a job: a mailer by its class and method.
std::optional<Untrusted> kind_of(const json& document, const json& wrapped) {
  if (std::optional<Untrusted> shown = text_of(member(document, "display_class"))) return shown;
  std::optional<Untrusted> kind = text_of(member(document, "wrapped"));
  if (!kind) kind = text_of(member(wrapped, "job_class"));
  if (!kind) return text_of(member(document, "class"));
  const json& arguments = member(wrapped, "arguments");
  const bool mailer = kind->raw() == "ActionMailer::MailDeliveryJob" || kind->raw() == "ActionMailer::DeliveryJob";
  if (mailer && arguments.is_array() && arguments.size() >= 2 && arguments[0].is_string() && arguments[1].is_string())
    return Untrusted(arguments[0].get<std::string>() + "#" + arguments[1].get<std::string>());
  return kind;
}

void read_attempts(Job& job, const json& document, const json& wrapped, bool running) {
  std::int64_t begun = 0;
  // -1 after a manual retry of the first failure.
  if (const std::optional<std::int64_t> failed = number_of(member(document, "retry_count")))
    begun = std::clamp<std::int64_t>(*failed, -1, INT64_MAX - 2) + 1;
  // Active Job's own retries are new jobs that count for themselves.
  if (const std::optional<std::int64_t> executions = number_of(member(wrapped, "executions")))
    begun = std::max(begun, std::clamp<std::int64_t>(*executions, 0, INT64_MAX - 2));
  job.attempts = running ? begun + 1 : begun;
  const json& retry = member(document, "retry");
  if (document.contains("retry_for")) return;
  if (retry.is_boolean()) job.max_attempts = retry.get<bool>() ? usual_attempts : 1;
  if (const std::optional<std::int64_t> most = number_of(retry); most && *most >= 0 && *most < INT64_MAX)
    job.max_attempts = *most + 1;
}

void read_error(Job& job, const json& document) {
  const std::optional<Untrusted> name = text_of(member(document, "error_class"));
  const std::optional<Untrusted> message = text_of(member(document, "error_message"));
  if (name && message)
    job.error = Untrusted(name->raw() + ": " + message->raw());
  else
    job.error = name ? name : message;
}

void read_extra(Job& job, const json& document, const json& wrapped, bool whole) {
  for (const char* name : {"enqueued_at", "failed_at", "retried_at"})
    if (const std::optional<Timestamp> time = parse_time(member(document, name))) job.extra.push_back({name, *time});
  for (const char* name : {"retry_queue", "locale"})
    if (std::optional<Untrusted> text = text_of(member(document, name))) job.extra.push_back({name, *std::move(text)});
  if (const std::optional<std::int64_t> count = number_of(member(document, "retry_count")))
    job.extra.push_back({"retry_count", *count});
  if (const json& tags = member(document, "tags"); tags.is_array())
    job.extra.push_back({"tags", JsonText{Untrusted(tags.dump(-1, ' ', false, json::error_handler_t::replace))}});
  if (std::optional<Untrusted> id = text_of(member(wrapped, "job_id")))
    job.extra.push_back({"active_job_id", *std::move(id)});
  if (const json& packed = member(document, "error_backtrace"); whole && packed.is_string()) {
    std::optional<std::string> lines = read_backtrace(packed.get_ref<const std::string&>());
    job.extra.push_back({"backtrace", Untrusted(lines ? *std::move(lines) : packed.get<std::string>())});
  }
}

void read_payload(Job& job, std::string_view text, const json& document, const json& wrapped) {
  std::optional<std::string_view> arguments = member_of(text, "args");
  if (!arguments) return;
  if (wrapped.is_object())
    if (const std::optional<std::string_view> first = first_element(*arguments))
      if (const std::optional<std::string_view> own = member_of(*first, "arguments")) arguments = own;
  // The last argument is a cipher then.
  const bool encrypted = member(document, "encrypt") == true;
  job.payload = Payload{encrypted ? Payload::Form::encrypted : Payload::Form::json, Untrusted(std::string(*arguments)),
                        arguments->size()};
}

/// Everything that the job's own JSON tells; `whole`: all of it was read.
void read_job(Job& job, std::string_view text, const DecodeContext& context, bool running, bool whole) {
  const json document = parse_bounded(text);
  if (!document.is_object()) {
    job.ref.id = Untrusted(made_id(text));
    // Of an element that is too large only the beginning was read, and the engine says so.
    if (whole) add_note(job, "undecodable", "no job in JSON: a worker that takes it puts it among the dead as it is");
    if (context.payload) job.payload = Payload{Payload::Form::text, Untrusted(std::string(text)), text.size()};
    return;
  }
  if (std::optional<Untrusted> id = text_of(member(document, "jid"))) {
    job.ref.id = *std::move(id);
  } else {
    job.ref.id = Untrusted(made_id(text));
    add_note(job, "no-id", "the job carries no jid: this id is made by queuetrace, of the job's bytes");
  }
  const json& wrapped = active_job(document);
  if (!job.queue) job.queue = text_of(member(document, "queue"));
  job.kind = kind_of(document, wrapped);
  job.created_at = parse_time(member(document, "created_at"));
  job.batch_id = text_of(member(document, "bid"));
  for (const char* name : {"correlation_id", "request_id"})
    if (!job.trace.correlation_id) job.trace.correlation_id = text_of(member(document, name));
  read_attempts(job, document, wrapped, running);
  read_error(job, document);
  read_trace(job, text, document);
  // The job whose failure made Active Job enqueue this one.
  if (std::optional<Untrusted> before = text_of(member(wrapped, "provider_job_id"));
      before && before->raw() != job.ref.id.raw())
    job.trace.causation_id = std::move(before);
  read_extra(job, document, wrapped, context.payload);
  if (running && job.started_at)
    if (const std::optional<Timestamp> queued = parse_time(member(document, "enqueued_at"));
        queued && *queued <= *job.started_at)
      job.wait = std::chrono::duration_cast<Milliseconds>(*job.started_at - *queued);
  if (context.payload) read_payload(job, text, document, wrapped);
}

std::string identity_of(const Entry& entry) {
  return std::string(free_part(entry.key, entry.place.key, entry.place.suffix));
}

void read_heartbeat(Job& job, const Entry& entry, const DecodeContext& context) {
  if (entry.companions.size() != 1 || entry.companions[0].size() != 2) return;
  const Reply& answer = entry.companions[0];
  const std::optional<Timestamp> beat = time_of_score(answer[0].text());
  if (!beat) {
    add_note(job, "orphaned", "its process has no heartbeat any more: it ended without giving the job back");
  } else if (*beat + silent_after < context.now) {
    add_note(job, "silent-process", "its process gave no sign of life for more than 45 s");
    job.extra.push_back({"last_heartbeat", *beat});
  }
  if (answer[1].text() == "true") add_note(job, "quiet-process", "its process ends what it has and takes no more");
}

/// A thread's work: `{queue, run_at, payload}`, where payload is the job's JSON, up to release 5.0 the job itself.
Job decode_run(const Entry& entry, const DecodeContext& context) {
  Job job;
  job.state = JobState::running;
  job.worker = Untrusted(identity_of(entry) + ":" + std::string(entry.field));
  const json work = parse_bounded(entry.raw);
  job.queue = text_of(member(work, "queue"));
  job.started_at = parse_time(member(work, "run_at"));
  if (job.started_at && *job.started_at <= context.now)
    job.run = std::chrono::duration_cast<Milliseconds>(context.now - *job.started_at);
  const json& payload = member(work, "payload");
  const bool whole = entry.cut_from == 0;
  if (payload.is_string())
    read_job(job, payload.get_ref<const std::string&>(), context, true, whole);
  else
    read_job(job, member_of(entry.raw, "payload").value_or(entry.raw), context, true, whole);
  read_heartbeat(job, entry, context);
  return job;
}

}  // namespace

std::optional<Timestamp> parse_time(const json& value) {
  if (!value.is_number()) return std::nullopt;
  // Seconds of the year 5138 are milliseconds of 1973.
  constexpr double least_milliseconds = 1e11, most = 253'402'300'800e3;
  double number = value.get<double>();
  if (!(number > 0) || number >= most) return std::nullopt;
  if (number < least_milliseconds) number *= 1000;
  if (number >= most) return std::nullopt;
  return Timestamp(std::chrono::microseconds(std::llround(number * 1000)));
}

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool) {
  if (entry.place.role != PlaceRole::running) return {};
  return {{"HMGET", key_of(deployment, identity_of(entry)), "beat", "quiet"}};
}

Job decode(const Entry& entry, const DecodeContext& context) {
  if (entry.place.role == PlaceRole::running) return decode_run(entry, context);
  Job job;
  if (!entry.queue.empty()) job.queue = Untrusted(std::string(entry.queue));
  job.state = JobState::pending;
  const std::optional<Timestamp> score = entry.score.empty() ? std::nullopt : time_of_score(entry.score);
  if (entry.place.role == PlaceRole::dead) {
    job.state = JobState::dead;
    job.finished_at = score;
  } else if (entry.place.role == PlaceRole::later) {
    job.state = entry.place.states.contains(JobState::retrying) ? JobState::retrying : JobState::scheduled;
    job.scheduled_at = score;
    if (score && *score + late < context.now)
      add_note(job, "overdue", "due for more than two minutes: no process moves it to its queue");
  }
  read_job(job, entry.raw, context, false, entry.cut_from == 0);
  return job;
}

}  // namespace queuetrace::sidekiq

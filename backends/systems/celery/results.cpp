// What became of tasks, as Celery's result backend keeps it in Redis (docs/systems/celery.md section 2.3): a string for
// each task, which expires.
#include <charconv>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/inflate.hpp"
#include "backends/engines/redis/named_strings.hpp"
#include "backends/engines/redis/record_change.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/celery/parts.hpp"
#include "backends/systems/celery/system.hpp"

namespace queuetrace::celery {

bool has_ended(const Job& job) {
  return job.state == JobState::completed || job.state == JobState::failed || job.state == JobState::cancelled;
}

namespace {

using nlohmann::json;

constexpr std::size_t largest_result = 16u << 20;
/// Before a compressed result (5.7): `\0celery-compressed\0<type>\0`.
constexpr std::string_view packed_mark{"\0celery-compressed\0", 19};

/// The JSON in a result; empty where it is packed by another library than zlib.
std::string unpacked_text(std::string_view stored) {
  if (!stored.starts_with(packed_mark)) return std::string(stored);
  stored.remove_prefix(packed_mark.size());
  const std::size_t end = stored.find('\0');
  if (end == std::string_view::npos || stored.substr(0, end) != "application/x-gzip") return {};
  return inflate_whole(stored.substr(end + 1), largest_result).value_or(std::string());
}

std::string unpacked_result(const Entry& entry) {
  return entry.text && entry.text->starts_with(packed_mark) ? unpacked_text(*entry.text) : std::string();
}

/// A state that the application gave itself belongs to a task that runs.
JobState state_of(std::string_view status) {
  if (status == "SUCCESS") return JobState::completed;
  if (status == "FAILURE") return JobState::failed;
  if (status == "REVOKED" || status == "IGNORED" || status == "REJECTED") return JobState::cancelled;
  if (status == "RETRY") return JobState::retrying;
  if (status == "PENDING" || status == "RECEIVED") return JobState::pending;
  return status.empty() ? JobState::unknown : JobState::running;
}

/// `ValueError: no such address`: the type of an exception and its arguments.
std::optional<Untrusted> error_of(const json& result) {
  const std::optional<Untrusted> type = text_of(member(result, "exc_type"));
  if (!type) return std::nullopt;
  const json& arguments = member(result, "exc_message");
  std::string text;
  if (arguments.is_string()) text = arguments.get<std::string>();
  if (arguments.is_array())
    for (const json& argument : arguments)
      text += (text.empty() ? "" : ", ") + (argument.is_string() ? argument.get<std::string>() : dumped(argument));
  return Untrusted(type->raw() + (text.empty() ? "" : ": " + text));
}

void read_outcome(Job& job, const json& document, bool payload) {
  const json& result = member(document, "result");
  if (job.state == JobState::failed || job.state == JobState::cancelled || job.state == JobState::retrying)
    job.error = error_of(result);
  if (has_ended(job)) job.finished_at = time_of(member(document, "date_done"));
  if (!payload) return;
  if (job.state == JobState::completed && !result.is_null()) {
    std::string text = dumped(result);
    const std::size_t size = text.size();
    job.result = Payload{Payload::Form::json, Untrusted(std::move(text)), size};
  }
  if (job.state == JobState::running && result.is_object())
    job.extra.push_back({"progress", JsonText{Untrusted(dumped(result))}});
  if (std::optional<Untrusted> traceback = text_of(member(document, "traceback")))
    job.extra.push_back({"traceback", *std::move(traceback)});
}

/// Of a task of a chord, how many of its tasks have returned, and of how many, while that is counted.
std::vector<RedisCommand> chord_counters(const Entry& entry, const Deployment& deployment, bool whole) {
  if (!whole || !entry.text) return {};
  const json document = parse_bounded(unpacked_text(*entry.text));
  const std::optional<Untrusted> group = text_of(member(document, "group_id"));
  if (!group) return {};
  const std::string counters = deployment.prefix + "celery-taskset-meta-" + group->raw();
  return {{"ZCARD", counters + ".j"}, {"GET", counters + ".s"}};
}

void read_chord(Job& job, std::span<const Reply> counters) {
  if (counters.size() != 2 || !counters[0].is(Reply::Type::integer) || counters[0].integer() == 0) return;
  job.extra.push_back({"chord_returned", counters[0].integer()});
  std::int64_t size = 0;
  const std::string_view text = counters[1].is(Reply::Type::string) ? counters[1].text() : std::string_view();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty())
    job.extra.push_back({"chord_size", size});
}

Job decode_result(const Entry& entry, const DecodeContext& context) {
  Job job;
  job.ref.id = Untrusted(std::string(entry.raw));
  const std::string text = unpacked_text(entry.text.value_or(std::string_view()));
  const json document = parse_bounded(text);
  if (!document.is_object()) {
    if (entry.cut_from == 0) job.notes.push_back({"undecodable", "no result in JSON: another serializer wrote it"});
    return job;
  }
  if (std::optional<Untrusted> status = text_of(member(document, "status"))) {
    job.state = state_of(status->raw());
    job.native_state = std::move(status);
  }
  job.kind = text_of(member(document, "name"));
  job.queue = text_of(member(document, "queue"));  // the routing key, which is the queue unless exchanges are named
  job.worker = text_of(member(document, "worker"));
  if (!job.worker && job.state == JobState::running)
    job.worker = text_of(member(member(document, "result"), "hostname"));
  if (const std::optional<std::int64_t> retries = number_of(member(document, "retries")); retries && *retries >= 0)
    job.attempts = *retries < INT64_MAX ? *retries + 1 : *retries;
  if (std::optional<Untrusted> parent = text_of(member(document, "parent_id")); parent && *parent != job.ref.id)
    job.trace.causation_id = std::move(parent);
  job.batch_id = text_of(member(document, "group_id"));
  read_outcome(job, document, context.payload);
  read_chord(job, entry.companions);
  // Headers that were stamped stand among the members.
  TraceCandidates candidates;
  json stamps = document;
  for (const char* name : {"result", "traceback", "args", "kwargs", "children"}) stamps.erase(name);
  candidates.add_carrier("stamps", carrier_in(dumped(stamps)));
  candidates.add_carrier("arguments",
                         carrier_in(dumped(json::array({member(document, "args"), member(document, "kwargs")}))));
  candidates.fill(job);
  for (const char* name : {"correlation_id", "request_id"})
    if (!job.trace.correlation_id) job.trace.correlation_id = text_of(member(document, name));
  if (context.payload) job.payload = payload_of(member(document, "args"), member(document, "kwargs"));
  return job;
}

constexpr std::array places{
    PlaceRow{.key = "{prefix}celery-task-meta-{id}",
             .container = Container::records,
             .holds = Holds::ids,
             .role = PlaceRole::any,
             .states = {JobState::pending, JobState::running, JobState::retrying, JobState::completed, JobState::failed,
                        JobState::cancelled, JobState::unknown},
             .expires = true}};

/// `{queue}` stands for ids here: one result tells of the prefix.
constexpr KeySign result{"{prefix}celery-task-meta-{queue}", "string"};
constexpr std::array signs_of_prefix{result};

constexpr std::array states{StateMapping{"SUCCESS", JobState::completed},
                            StateMapping{"FAILURE", JobState::failed},
                            StateMapping{"REVOKED", JobState::cancelled, "revoked, or expired"},
                            StateMapping{"RETRY", JobState::retrying, "its message tells when"},
                            StateMapping{"STARTED", JobState::running, "only with task_track_started"},
                            StateMapping{"PENDING", JobState::pending}};

Judgement judge_erase(const Action&, const Job& job, const Deployment&) {
  if (!has_ended(job)) return {Verdict::skip, "it has not ended: its worker writes the result again", false, {}};
  return {};
}

constexpr std::array erase_answers{ScriptAnswer{"changed", Outcome::changed, "it changed after the plan was made"},
                                   ScriptAnswer{"gone", Outcome::already, "it is not there"},
                                   ScriptAnswer{"already", Outcome::already, "it is not there"}};

constexpr std::array<RedisActionRule, 1> result_actions{
    RedisActionRule{.action = ActionKind::erase,
                    .effect = "its result is forgotten; whoever waits for it sees a task that was never sent",
                    .judge = judge_erase,
                    .script = {record_guard, erase_record_script},
                    .fill = fill_erasure,
                    .answers = erase_answers}};

constexpr std::string_view message_is_gone = "its message is gone when a task has a result";
constexpr std::array<RedisRefusal, 4> result_refusals{
    RedisRefusal{ActionKind::retry, message_is_gone, "send the task again in the application"},
    RedisRefusal{ActionKind::cancel, message_is_gone, "celery control revoke, for a task that runs"},
    RedisRefusal{ActionKind::move, message_is_gone, "send the task again in the application"},
    RedisRefusal{std::nullopt, "results are not a queue",
                 "celery control cancel_consumer QUEUE, for workers that live"}};

bool is_failed(const Job& job, const Deployment&) { return job.state == JobState::failed; }

constexpr std::array result_diagnoses{RedisDiagnosisRule{
    .code = "failed-tasks",
    .severity = Finding::Severity::note,
    .subject = "failed tasks",
    .text = "tasks failed; their results expire, by default after a day, and their messages are gone",
    .remedy = "queuetrace job errors -s <source>",
    .concerns = is_failed}};

}  // namespace

constexpr RedisSystem results_system{
    .info = {.name = "celery-results",
             .title = "Celery results",
             .family = StorageFamily::redis,
             .summary = "What became of Celery's tasks: results, failures and states, until they expire",
             .versions = "5.2 to 5.7; 5.2.7 and 5.7.0 were run",
             .storage = "strings celery-task-meta-<id>",
             .order = "nothing is taken from results",
             .trace = "headers that were stamped, and arguments, with result_extended",
             .limits = "kind, queue, worker and arguments only with result_extended; expires after a day by default",
             .states = states},
    .place = {.installation = result, .places = places, .queue_signs = signs_of_prefix, .queue_signs_needed = 1},
    .read = {.decode = decode_result,
             .details = chord_counters,
             .record = "{prefix}celery-task-meta-{id}",
             .record_type = RecordType::string,
             .unpacked = unpacked_result,
             .correlation = Lookup::scanned,
             .links = Lookup::scanned,
             .times = true},
    .explain = {.diagnoses = result_diagnoses},
    .change = {.actions = result_actions, .refusals = result_refusals},
};

}  // namespace queuetrace::celery

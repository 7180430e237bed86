// What other keys say about one job of emp-job-queue: result hashes, attestations, workers
// (docs/systems/emp-job-queue.md sections 2.1 and 3).
#include "backends/systems/emp_job_queue/details.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/systems/emp_job_queue/records.hpp"
#include "backends/systems/emp_job_queue/workers.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

/// Names of workers that are clients: the API gives them jobs to do.
constexpr std::string_view delegated_prefix = "delegated_client_";

/// Attestation keys name a job without a leading `step-`.
std::string_view attested_id(std::string_view id) { return id.starts_with("step-") ? id.substr(5) : id; }

std::int64_t count_in(const JobHash& hash, std::string_view field) {
  return std::clamp<std::int64_t>(parse_number(hash.filled(field).value_or("0")).value_or(0), 0, 1'000'000);
}

/// The attempt that the product counts, beside the worker's retry_count: results are numbered by it where there is one.
std::optional<std::int64_t> product_attempt(const JobHash& hash) {
  for (const auto& [field, pointers] : {std::pair{"ctx", std::array{"/workflow_context/retry_attempt", ""}},
                                        std::pair{"payload", std::array{"/ctx/retry_count", "/ctx/retryCount"}}}) {
    const std::string_view text = hash.filled(field).value_or("");
    if (text.find("retry") == std::string_view::npos) continue;
    const json document = parse_bounded(text);
    for (const char* const pointer : pointers) {
      const json::json_pointer at(pointer);
      if (*pointer == '\0' || !document.is_object() || !document.contains(at)) continue;
      const json& value = document.at(at);
      if (value.is_number_integer() && value != 0)
        return std::clamp<std::int64_t>(value.get<std::int64_t>(), 0, INT32_MAX);
    }
  }
  return std::nullopt;
}

/// Keys of both spellings, of today and of before, for the attempts a job can have had.
RedisCommand attestations(const Entry& entry, std::string_view kind, bool failures) {
  const std::string id(attested_id(entry.raw));
  std::vector<std::string> stems{"worker:" + std::string(kind) + ":step-id:" + id};
  if (const std::optional<std::string_view> workflow = entry.record.filled("workflow_id"))
    stems.insert(stems.begin(), "worker:" + std::string(kind) + ":job-id:" + std::string(*workflow) + ":step-id:" + id);
  stems.push_back("worker:" + std::string(kind) + ":" + std::string(entry.raw));
  RedisCommand command{"MGET"};
  const std::int64_t attempts = count_in(entry.record, "retry_count");
  const std::int64_t product = failures ? attempts : product_attempt(entry.record).value_or(attempts);
  for (const std::string& stem : stems) {
    if (product < attempts - 2 || product > attempts + 2)
      command.arguments.push_back(stem + ":attempt:" + std::to_string(product + 1));
    if (failures) command.arguments.push_back(stem + ":permanent");
    for (std::int64_t n = std::max<std::int64_t>(0, attempts - 1); n <= attempts + 3; ++n)
      command.arguments.push_back(stem + ":attempt:" + std::to_string(n));
    if (!failures) command.arguments.push_back(stem);
  }
  return command;
}

std::string text_in(const json& document, const char* member) {
  const auto found = document.is_object() ? document.find(member) : document.end();
  if (!document.is_object() || found == document.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, json::error_handler_t::replace);
}

double made_at(const json& attestation) {
  const auto found = attestation.find("attestation_created_at");
  return found != attestation.end() && found->is_number() ? found->get<double>() : 0;
}

/// Answers that were denied say nothing.
bool is_missing(const Reply& reply) { return reply.is(Reply::Type::integer) && reply.integer() == 0; }

/// The newest attestation that says what is asked: an error, or a result.
json newest(const Reply& reply, bool failure) {
  json best;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    if (!reply[i].is(Reply::Type::string)) continue;
    json one = parse_bounded(reply[i].text());
    if (!one.is_object() || text_in(one, "error_message").empty() == failure) continue;
    if (best.is_null() || made_at(one) > made_at(best)) best = std::move(one);
  }
  return best;
}

/// A worker stores its exceptions as JSON documents; what it said is inside.
std::string unwrapped(std::string message) {
  if (message.starts_with("{"))
    if (std::string inner = text_in(parse_bounded(message), "error_message"); !inner.empty()) return inner;
  return message;
}

void read_failure(Job& job, const json& attestation) {
  if (!attestation.is_object()) return;
  const std::string message = unwrapped(text_in(attestation, "error_message"));
  if (!job.error && !message.empty()) job.error = Untrusted(message);
  for (const char* member : {"failure_type", "failure_reason", "failure_description", "machine_id"})
    if (const std::string text = text_in(attestation, member); !text.empty())
      job.extra.push_back({member, Untrusted(text)});
}

void set_result(Job& job, const json& document) {
  if (document.is_null() || document.is_discarded()) return;
  const std::string text = document.is_string() && is_json(document.get_ref<const std::string&>())
                               ? document.get<std::string>()
                               : document.dump(-1, ' ', false, json::error_handler_t::replace);
  job.result = Payload{Payload::Form::json, Untrusted(text), text.size()};
}

void read_failed(Job& job, const Entry& entry) {
  const Reply& stored = entry.companions[0];
  if (stored.is(Reply::Type::string)) {
    const json value = parse_bounded(stored.text());
    if (const std::string error = unwrapped(text_in(value, "error")); !error.empty()) job.error = Untrusted(error);
    const auto cancelled = value.is_object() ? value.find("cancelled") : value.end();
    if ((value.is_object() && cancelled != value.end() && *cancelled == true) ||
        (job.error && job.error->raw() == cancelled_by_user))
      job.state = JobState::cancelled;
  }
  if (entry.companions[1].integer() == 1)
    add_note(job, "in-both-results", "listed as failed and as completed: the status may be the later write only");
  read_failure(job, newest(entry.companions[2], true));
}

void read_completed(Job& job, const Entry& entry, bool whole) {
  const Reply& result = entry.companions[0];
  const Reply& failed = entry.companions[1];
  if (failed.is(Reply::Type::string)) {
    const bool cancelled = text_in(parse_bounded(failed.text()), "error") == cancelled_by_user;
    add_note(job, "in-both-results", "listed as completed and as failed");
    if (cancelled) add_note(job, "completed-after-cancel", "a user cancelled it; the worker finished it all the same");
  } else if (entry.record.filled("error") == cancelled_by_user) {
    add_note(job, "completed-after-cancel", "a user cancelled it; the worker finished it all the same");
  }
  const std::size_t attested = entry.record.filled("worker_id") ? 3 : 2;
  if (attested == 3 && entry.companions[2].integer() == 1)
    add_note(job, "still-active", "finished, but still in its worker's list of active jobs");
  if (result.is(Reply::Type::string)) {
    const json value = parse_bounded(result.text());
    if (const auto success = value.is_object() ? value.find("success") : value.end();
        value.is_object() && success != value.end() && *success == false) {
      add_note(job, "result-says-failure", "completed as far as the record says; its result says that it failed");
      if (const std::string error = unwrapped(text_in(value, "error")); !error.empty()) job.error = Untrusted(error);
    }
    if (!whole) return;
    // The worker wraps the result, the core library does not (docs/systems/emp-job-queue.md section 2.1).
    const bool wrapped = value.is_object() && value.contains("data") && value.contains("completed_at");
    set_result(job, wrapped ? value["data"] : value);
    return;
  }
  if (!whole) return;
  const json attestation = newest(entry.companions[attested], false);
  if (attestation.is_object() && attestation.contains("result"))
    set_result(job, attestation["result"]);
  else
    add_note(job, "result-expired", "results go a day after the last completion of any job");
}

void read_running(Job& job, const Entry& entry, bool whole) {
  if (!entry.record.filled("worker_id")) {
    add_note(job, "abandoned", "no worker is named");
    return;
  }
  if (is_missing(entry.companions[0])) add_note(job, "not-active", "not in its worker's list of active jobs");
  const bool delegated = job.worker && job.worker->raw().starts_with(delegated_prefix);
  if (is_missing(entry.companions[1]) && !delegated)
    add_note(job, "abandoned", "its worker has no heartbeat: nothing of the system ever takes the job back");
  if (entry.companions[2].is(Reply::Type::string))
    job.extra.push_back({"machine_id", Untrusted(std::string(entry.companions[2].text()))});
  if (!whole || entry.companions.size() < 4 || entry.companions[3].size() != 2) return;
  const Reply& progress = entry.companions[3];
  if (const std::optional<std::int64_t> percent = parse_number(progress[0].text()))
    job.extra.push_back({"progress", *percent});
  if (!progress[1].text().empty())
    job.extra.push_back({"progress_message", Untrusted(std::string(progress[1].text()))});
}

}  // namespace

std::vector<RedisCommand> details(const Entry& entry, const Deployment&, bool whole) {
  const std::string id(entry.raw);
  const std::string worker(entry.record.filled("worker_id").value_or(""));
  const std::string active = std::string(active_prefix) + worker;
  switch (phase_of(entry.record.filled("status").value_or(""))) {
    case Phase::waiting: {
      std::vector<RedisCommand> commands{{"ZSCORE", std::string(pending_key), id}};
      if (count_in(entry.record, "retry_count") > 0) commands.push_back(attestations(entry, "failure", true));
      return commands;
    }
    case Phase::claimed:
    case Phase::started: {
      if (worker.empty()) return {{"EXISTS", std::string(job_prefix) + id}};
      std::vector<RedisCommand> commands{
          {"HEXISTS", active, id}, {"EXISTS", heartbeat_key(worker)}, {"HGET", "worker:" + worker, "machine_id"}};
      if (whole) commands.push_back({"HMGET", std::string(job_prefix) + id + ":progress", "progress", "message"});
      return commands;
    }
    case Phase::failed:
      return {{"HGET", std::string(failed_key), id},
              {"HEXISTS", std::string(completed_key), id},
              attestations(entry, "failure", true)};
    case Phase::completed: {
      // What a client did for a worker may have failed, and only the result says so.
      const bool read_result = whole || worker.starts_with(delegated_prefix);
      std::vector<RedisCommand> commands{{read_result ? "HGET" : "HEXISTS", std::string(completed_key), id},
                                         {"HGET", std::string(failed_key), id}};
      if (!worker.empty()) commands.push_back({"HEXISTS", active, id});
      if (whole) commands.push_back(attestations(entry, "completion", false));
      return commands;
    }
    case Phase::cancelled:
    case Phase::unknown: break;
  }
  return {};
}

void read_details(Job& job, const Entry& entry, Phase phase, bool whole) {
  switch (phase) {
    case Phase::waiting:
      if (entry.companions[0].is(Reply::Type::nil))
        add_note(job, "lost", "waiting, but not in jobs:pending: no worker ever sees it");
      else if (entry.companions[0].is(Reply::Type::string) && entry.score.empty())
        job.extra.push_back({"score", Untrusted(std::string(entry.companions[0].text()))});
      if (entry.companions.size() > 1) read_failure(job, newest(entry.companions[1], true));
      return;
    case Phase::claimed:
    case Phase::started: return read_running(job, entry, whole);
    case Phase::failed: return read_failed(job, entry);
    case Phase::completed: return read_completed(job, entry, whole);
    case Phase::cancelled:
    case Phase::unknown: return;
  }
}

}  // namespace queuetrace::emp_job_queue

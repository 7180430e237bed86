#include "backends/systems/described/usual_names.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace queuetrace::described {
namespace {

struct FieldWords {
  std::string_view field, columns;
};

constexpr std::array fields{
    FieldWords{"queue", "queue queue_name topic channel destination aggregatetype"},
    FieldWords{"kind",
               "kind job_type event_type message_type task_name task_path task job_class job_name type class name"},
    FieldWords{"priority", "priority prio"},
    FieldWords{"attempts", "attempts attempt attempt_count retries retry_count tries try_count error_count"},
    FieldWords{"max_attempts", "max_attempts max_retries max_tries attempts_limit"},
    FieldWords{"created_at",
               "created_at enqueued_at inserted_at queued_at created enqueued created_on createdat publication_date"},
    FieldWords{"scheduled_at",
               "scheduled_at run_at run_after available_at scheduled_for next_run_at next_attempt_at "
               "due_at visible_at deliver_at not_before process_after"},
    FieldWords{"started_at",
               "started_at locked_at reserved_at claimed_at picked_at attempted_at processing_started_at"},
    FieldWords{"finished_at",
               "finished_at completed_at processed_at done_at sent_at published_at failed_at "
               "completion_date processed_on"},
    FieldWords{"worker", "worker worker_id locked_by claimed_by reserved_by"},
    FieldWords{"error", "error last_error error_message last_error_message exception traceback failure_reason"},
    FieldWords{"payload", "payload args arguments args_kwargs body data message params content handler"},
    FieldWords{"result", "result return_value output"},
    FieldWords{"span_id", "span_id"},
    FieldWords{"parent_span_id", "parent_span_id"},
    FieldWords{"correlation_id", "correlation_id correlationid request_id"},
    FieldWords{"causation_id", "causation_id causationid"},
    FieldWords{"tenant", "tenant tenant_id"},
    FieldWords{"workflow_id", "workflow_id"},
    FieldWords{"batch_id", "batch_id"},
    FieldWords{"parent", "parent_id parent_job_id"}};

struct StateWords {
  JobState state;
  std::string_view words;
};

constexpr std::array states{
    StateWords{JobState::pending, "new todo enqueued open created published unsent"},
    StateWords{JobState::scheduled, "delayed deferred later"},
    StateWords{JobState::running,
               "processing in_progress doing sending locked executing started reserved claimed picked"},
    StateWords{JobState::retrying, "retry retryable resubmitted"},
    StateWords{JobState::completed, "sent processed complete finished success successful delivered ok"},
    StateWords{JobState::failed, "error errored failure"},
    StateWords{JobState::dead, "discarded expired abandoned dead_letter deadletter exhausted buried"},
    StateWords{JobState::cancelled, "aborted revoked"}};

bool has_word(std::string_view list, std::string_view word) {
  return (' ' + std::string(list) + ' ').find(' ' + std::string(word) + ' ') != std::string::npos;
}

}  // namespace

std::string_view usual_columns(std::string_view field) {
  const auto found = std::ranges::find(fields, field, &FieldWords::field);
  return found == fields.end() ? std::string_view() : found->columns;
}

std::optional<JobState> usual_state(std::string_view word) {
  std::string folded(word);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == ' ' || c == '-' ? '_' : c;
  });
  if (const std::optional<JobState> known = parse_job_state(folded); known && *known != JobState::unknown) return known;
  for (const StateWords& one : states)
    if (has_word(one.words, folded)) return one.state;
  return std::nullopt;
}

}  // namespace queuetrace::described

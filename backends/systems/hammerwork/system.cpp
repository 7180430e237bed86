// Hammerwork (crate `hammerwork`): jobs in `hammerwork_jobs`, archived ones in `hammerwork_jobs_archive`. Facts:
// docs/systems/hammerwork.md sections 2 to 4, 7 and 11, and the migrations and claim statement of release 3.0.0:
//  - 019 adds workflow_id and workflow_name to the archive, 020 an index on its workflow_id, 021 changes nothing on
//    PostgreSQL; hammerwork_jobs has no column that 018 did not have;
//  - a worker takes: Pending, due, dependencies none or satisfied, recurring or without a schedule, queue not paused;
//  - the jobs that fail with their fail-fast workflow or batch say so in their error only;
//  - the reaper takes a Running row only when its lease has expired and belongs to the current run
//    (last_heartbeat_at >= started_at); rows that 1.x claimed have no lease and are left forever.
#include "backends/systems/hammerwork/system.hpp"

#include <array>

#include "backends/systems/hammerwork/actions.hpp"
#include "backends/systems/hammerwork/diagnoses.hpp"
#include "backends/systems/hammerwork/fields.hpp"
#include "backends/systems/hammerwork/indexes.hpp"

namespace queuetrace::hammerwork {
namespace {

constexpr std::array state_words{
    StateMapping{"Pending", JobState::blocked, "its parents have not all completed"},
    StateMapping{"Pending", JobState::failed, "a parent failed before it could start"},
    StateMapping{"Pending", JobState::blocked, "its cron schedule is disabled"},
    StateMapping{"Pending", JobState::retrying, "an earlier attempt failed"},
    StateMapping{"Pending", JobState::scheduled, "its time has not come"},
    StateMapping{"Pending", JobState::pending},
    StateMapping{"Running", JobState::running},
    StateMapping{"Completed", JobState::completed},
    StateMapping{"Failed", JobState::cancelled, "its workflow was cancelled, or queuetrace job cancel was used"},
    StateMapping{"Failed", JobState::failed},
    StateMapping{"TimedOut", JobState::failed},
    StateMapping{"Dead", JobState::dead},
    StateMapping{"Retrying", JobState::retrying},
};

/// By the message of cancel_workflow() of the library, or of cancel_statements.
constexpr std::string_view cancelled =
    "j.error_message IN ('Workflow cancelled', 'Cancelled by queuetrace') OR j.error_message LIKE 'Cancelled by "
    "queuetrace: %'";

// As one release or another spells them.
constexpr std::string_view pending_words = "'Pending', '\"Pending\"'";
constexpr std::string_view running_words = "'Running', '\"Running\"'";
constexpr std::string_view completed_words = "'Completed', '\"Completed\"'";
constexpr std::string_view failed_words = "'Failed', '\"Failed\"'";
constexpr std::string_view timed_out_words = "'TimedOut', '\"TimedOut\"'";
constexpr std::string_view dead_words = "'Dead', '\"Dead\"'";
constexpr std::string_view retrying_words = "'Retrying', '\"Retrying\"'";

constexpr std::array live_states{
    SqlStateRule{JobState::completed, completed_words},
    SqlStateRule{JobState::blocked, pending_words, "j.dependency_status = 'waiting'", "dependency_status"},
    SqlStateRule{JobState::failed, pending_words, "j.dependency_status = 'failed'", "dependency_status"},
    SqlStateRule{JobState::blocked, pending_words, "j.cron_schedule IS NOT NULL AND NOT j.recurring",
                 "cron_schedule recurring"},
    SqlStateRule{JobState::retrying, pending_words, "j.attempts > 0"},
    SqlStateRule{JobState::scheduled, pending_words, "j.scheduled_at > now()"},
    SqlStateRule{JobState::pending, pending_words},
    SqlStateRule{JobState::running, running_words},
    SqlStateRule{JobState::cancelled, failed_words, cancelled, "error_message"},
    SqlStateRule{JobState::failed, failed_words},
    SqlStateRule{JobState::failed, timed_out_words},
    SqlStateRule{JobState::dead, dead_words},
    SqlStateRule{JobState::retrying, retrying_words},
};

/// What an archived job was when it left: nothing about it changes any more.
constexpr std::array archive_states{
    SqlStateRule{JobState::completed, completed_words},
    SqlStateRule{JobState::cancelled, failed_words, cancelled, "error_message"},
    SqlStateRule{JobState::failed, failed_words},
    SqlStateRule{JobState::failed, timed_out_words},
    SqlStateRule{JobState::dead, dead_words},
    SqlStateRule{JobState::pending, pending_words},
    SqlStateRule{JobState::running, running_words},
    SqlStateRule{JobState::retrying, retrying_words},
};

constexpr std::array live_notes{
    SqlNoteRule{
        "quoted-state",
        "the state is stored with quotes, as releases before 1.7.4 wrote it; later releases never take such a job",
        "j.status LIKE '\"%' AND btrim(j.status, '\"') IN ('Pending', 'Retrying')", "!@dialect_A"},
    SqlNoteRule{"unknown-state", "no release of the library writes this state; workers do not take such a job",
                "btrim(j.status, '\"') NOT IN ('Pending', 'Running', 'Completed', 'Failed', 'Dead', 'TimedOut', "
                "'Retrying', 'Archived')"},
    SqlNoteRule{"dependency-unknown", "the dependency status is missing: workers never take such a job",
                "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status IS NULL", "dependency_status"},
    SqlNoteRule{"disabled-cron", "the schedule is disabled: 2.x and later hold the job, 1.x runs it once more when due",
                "j.status IN ('Pending', '\"Pending\"') AND j.cron_schedule IS NOT NULL AND NOT j.recurring",
                "cron_schedule recurring"},
    SqlNoteRule{"dependency-failed", "a parent failed; the job will not run",
                "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'failed'", "dependency_status"},
    SqlNoteRule{"dependency-failed", "it failed because a parent failed",
                "j.status IN ('Failed', '\"Failed\"') AND j.error_message LIKE 'Dependency failed: job %'",
                "error_message"},
    SqlNoteRule{"fail-fast", "it failed because another job of its workflow failed",
                "j.status IN ('Failed', '\"Failed\"') AND j.error_message LIKE 'Workflow failed: job %'",
                "error_message"},
    SqlNoteRule{"fail-fast", "it failed because another job of its batch failed",
                "j.status IN ('Failed', '\"Failed\"') AND (j.error_message LIKE 'Batch failed: job %' OR "
                "j.error_message LIKE 'Batch failed (fail-fast mode)%')",
                "error_message"},
    SqlNoteRule{"timed-out", "the last attempt ran into its time-out", "j.status IN ('TimedOut', '\"TimedOut\"')"},
    SqlNoteRule{"queue-paused", "the queue is paused: nothing is taken from it",
                "j.status = 'Pending' AND EXISTS (SELECT 1 FROM {hammerwork_queue_pause} p WHERE p.queue_name = "
                "j.queue_name)",
                "hammerwork_queue_pause."},
    SqlNoteRule{"stale", "its lease has expired: the worker is gone or too late",
                "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at < now()", "lease_expires_at"},
    SqlNoteRule{"stale", "it runs for longer than its time-out: the worker is gone or too late",
                "j.status IN ('Running', '\"Running\"') AND j.timeout_seconds > 0 AND j.started_at < now() - "
                "make_interval(secs => j.timeout_seconds)",
                "!lease_expires_at timeout_seconds started_at"},
    SqlNoteRule{"no-lease", "no lease: claimed by a 1.x worker; nothing takes it back when that worker is gone",
                "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at IS NULL", "lease_expires_at"},
    SqlNoteRule{"recurring-stopped", "a recurring job that ended this way is not scheduled again by 1.x",
                "j.recurring AND btrim(j.status, '\"') IN ('Dead', 'Failed', 'TimedOut')", "recurring"},
    SqlNoteRule{"archived", "a copy is in the archive; 1.x leaves the original here", "j.archived_at IS NOT NULL",
                "archived_at"},
    SqlNoteRule{"result-expired", "the result has expired and counts as absent",
                "j.result_data IS NOT NULL AND j.result_expires_at < now()", "result_data result_expires_at"},
};

constexpr std::array archive_notes{
    SqlNoteRule{"archived", "read from the archive", "true"},
    SqlNoteRule{"timed-out", "the last attempt ran into its time-out", "j.status IN ('TimedOut', '\"TimedOut\"')"},
};

constexpr std::array live_traces{
    SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace_id", Lookup::indexed, false, "trace-", "trace_id"},
    SqlTraceRule{SqlTraceRule::Kind::correlation, "j.correlation_id", Lookup::indexed, false, "corr-",
                 "correlation_id"},
    SqlTraceRule{SqlTraceRule::Kind::span, "j.parent_span_id", Lookup::indexed, false, "", "parent_span_id"},
    SqlTraceRule{SqlTraceRule::Kind::parent, "j.depends_on", Lookup::indexed, false, "", "depends_on=_uuid", true},
    SqlTraceRule{SqlTraceRule::Kind::parent, "j.parent_span_id", Lookup::indexed, false, "",
                 "depends_on=_uuid parent_span_id"},
};

constexpr std::array archive_traces{
    SqlTraceRule{SqlTraceRule::Kind::trace, "j.trace_id", Lookup::indexed, false, "trace-", "trace_id"},
    SqlTraceRule{SqlTraceRule::Kind::correlation, "j.correlation_id", Lookup::indexed, false, "corr-",
                 "correlation_id"},
    SqlTraceRule{SqlTraceRule::Kind::span, "j.parent_span_id", Lookup::scanned, false, "", "parent_span_id"},
};

/// scheduled_at is overwritten by retries, so the wait is known for the first attempt only.
constexpr std::array waits{
    SqlTiming{"greatest(j.created_at, j.scheduled_at)", "j.started_at", "j.attempts = 1", "created_at started_at"}};
constexpr std::array live_runs{SqlTiming{
    "j.started_at", finished_or_now, "btrim(j.status, '\"') IN ('Running', 'Completed', 'Failed', 'Dead', 'TimedOut')",
    "started_at completed_at failed_at timed_out_at"}};
constexpr std::array archive_runs{
    SqlTiming{"j.started_at", finished, "", "started_at completed_at failed_at timed_out_at"}};

constexpr std::array relations{
    SqlRelation{.name = "jobs",
                .table = "hammerwork_jobs",
                .fields = job_fields,
                .extras = job_extras,
                .state = "j.status",
                .states = live_states,
                .notes = live_notes,
                .traces = live_traces,
                .wait = waits,
                .run = live_runs,
                .columns = job_columns},
    SqlRelation{.name = "archive",
                .table = "hammerwork_jobs_archive",
                .fields = archive_fields,
                .extras = archive_extras,
                .state = "j.status",
                .states = archive_states,
                .notes = archive_notes,
                .traces = archive_traces,
                .wait = waits,
                .run = archive_runs,
                .columns = archive_columns,
                .needs = "queue_name status created_at"},
};

constexpr std::array<std::string_view, 4> tables{"hammerwork_queue_pause", "hammerwork_migrations",
                                                 "hammerwork_batches", "hammerwork_workflows"};

/// docs/systems/hammerwork.md section 1: the same columns hold different texts. Only 011 schemas (jsonb) need a look at
/// the rows.
constexpr std::array variants{
    SqlVariant{"dialect_C", "lease_expires_at"},
    SqlVariant{"dialect_B", "depends_on=_uuid"},
    SqlVariant{"dialect_AB", "",
               "SELECT EXISTS (SELECT 1 FROM {hammerwork_jobs} WHERE status LIKE '\"%') AND EXISTS (SELECT 1 FROM "
               "{hammerwork_jobs} WHERE status IN ('Pending', 'Running', 'Completed', 'Failed', 'Dead', 'TimedOut'))"},
    SqlVariant{"dialect_A", "", "SELECT EXISTS (SELECT 1 FROM {hammerwork_jobs} WHERE status LIKE '\"%')"},
    SqlVariant{"dialect_B_jsonb", ""},
};

constexpr std::array newest{SqlOrderKey{"j.created_at", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::uuid}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::uuid}};

constexpr std::string_view worker_order = "j.priority DESC, j.scheduled_at, j.id";
/// docs/systems/hammerwork.md section 4. In 1.x the claim itself ignores pauses and schedules; its worker asks for
/// pauses before each claim.
constexpr std::array peeks{
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied') AND "
            "(j.recurring OR j.cron_schedule IS NULL)",
            worker_order, "@dialect_C priority dependency_status cron_schedule recurring"},
    SqlPeek{"j.status = '\"Pending\"' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied')",
            worker_order, "@dialect_A priority dependency_status"},
    SqlPeek{"j.status = '\"Pending\"' AND j.scheduled_at <= now()", worker_order,
            "@dialect_A priority !dependency_status"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now() AND j.dependency_status IN ('none', 'satisfied')",
            worker_order, "priority dependency_status"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now()", worker_order, "priority"},
    SqlPeek{"j.status = 'Pending' AND j.scheduled_at <= now()", "j.scheduled_at, j.id"},
};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come", "j.status = 'Pending' AND j.scheduled_at > now()",
                   "j.scheduled_at", "!@dialect_A"},
    SqlWaitingRule{"scheduled", "their time has not come", "j.status = '\"Pending\"' AND j.scheduled_at > now()",
                   "j.scheduled_at", "@dialect_A"},
    SqlWaitingRule{"blocked", "they wait for jobs they depend on",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'waiting'", "",
                   "dependency_status"},
    SqlWaitingRule{"dependency-failed", "a job they depend on failed; they will not run",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status = 'failed'", "",
                   "dependency_status"},
    SqlWaitingRule{"dependency-unknown", "their dependency status is missing; workers never take them",
                   "j.status IN ('Pending', '\"Pending\"') AND j.dependency_status IS NULL", "", "dependency_status"},
    SqlWaitingRule{"disabled-cron", "their schedule is disabled; enabling it releases them",
                   "j.status = 'Pending' AND j.cron_schedule IS NOT NULL AND NOT j.recurring", "",
                   "@dialect_C cron_schedule recurring"},
    SqlWaitingRule{"quoted-state", "their state is stored with quotes, which this release does not look for",
                   "j.status = '\"Pending\"'", "", "!@dialect_A"},
    SqlWaitingRule{"plain-state", "their state is stored without quotes, which this release does not look for",
                   "j.status = 'Pending'", "", "@dialect_A"},
    SqlWaitingRule{"retrying-state", "no release takes jobs in this state", "j.status IN ('Retrying', '\"Retrying\"')"},
    SqlWaitingRule{"paused", "the queue is paused; resuming it releases them",
                   "j.status = 'Pending' AND j.scheduled_at <= now() AND EXISTS (SELECT 1 FROM "
                   "{hammerwork_queue_pause} p WHERE p.queue_name = j.queue_name)",
                   "", "hammerwork_queue_pause."},
};

constexpr std::array pauses{SqlPause{.from = "{hammerwork_queue_pause} p",
                                     .queue = "p.queue_name",
                                     .since = "p.paused_at",
                                     .by = "p.paused_by",
                                     .reason = "left(p.reason, 1000)",
                                     .needs = "hammerwork_queue_pause.paused_at hammerwork_queue_pause.paused_by "
                                              "hammerwork_queue_pause.reason"}};

constexpr std::array stale{
    SqlNoteRule{"stale", "", "j.status IN ('Running', '\"Running\"') AND j.lease_expires_at < now()",
                "lease_expires_at"},
    SqlNoteRule{"stale", "",
                "j.status IN ('Running', '\"Running\"') AND j.timeout_seconds > 0 AND j.started_at < now() - "
                "make_interval(secs => j.timeout_seconds)",
                "timeout_seconds"},
};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "hammerwork",
             .title = "Hammerwork",
             .family = StorageFamily::postgresql,
             .summary = "job queue of the Rust crate hammerwork, in PostgreSQL tables",
             .versions = "0.8 to 3.0.0 (schema 001 to 021); checked with 1.7.3, 1.15.5, 2.5.0 and 3.0.0",
             .storage = "tables hammerwork_jobs, hammerwork_jobs_archive, hammerwork_queue_pause",
             .order = "per queue: due jobs whose parents have completed, highest priority first, then the earliest "
                      "scheduled time",
             .trace =
                 "columns trace_id, correlation_id, parent_span_id and span_context of jobs and archive (schema 009)",
             .limits = "no worker identity, no attempt history; the error of a retried attempt only since 2.0",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe = "queue_name payload status attempts max_attempts scheduled_at",
    .relations = relations,
    .tables = tables,
    .variants = variants,
    .id_type = SqlType::uuid,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .pauses = pauses,
    .stale = stale,
    .version = "SELECT 'schema ' || left(max(migration_id), 3) FROM {hammerwork_migrations}",
    .version_needs = "hammerwork_migrations.migration_id",
    .indexes = indexes,
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .pausing = &pausing,
};
static_assert(consistent(system));

}  // namespace queuetrace::hammerwork

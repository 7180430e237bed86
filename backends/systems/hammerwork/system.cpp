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
#include "backends/systems/hammerwork/dequeue.hpp"
#include "backends/systems/hammerwork/diagnoses.hpp"
#include "backends/systems/hammerwork/fields.hpp"
#include "backends/systems/hammerwork/indexes.hpp"
#include "backends/systems/hammerwork/notes.hpp"
#include "backends/systems/hammerwork/states.hpp"

namespace queuetrace::hammerwork {
namespace {

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

constexpr std::array pauses{SqlPause{.from = "{hammerwork_queue_pause} p",
                                     .queue = "p.queue_name",
                                     .since = "p.paused_at",
                                     .by = "p.paused_by",
                                     .reason = "left(p.reason, 1000)",
                                     .needs = "hammerwork_queue_pause.paused_at hammerwork_queue_pause.paused_by "
                                              "hammerwork_queue_pause.reason"}};

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

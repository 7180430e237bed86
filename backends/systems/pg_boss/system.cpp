// pg-boss, the job queue for Node.js, in PostgreSQL, from 10 on; 9: early.cpp. Facts: docs/systems/pg-boss.md.
//  - Columns decide what a schema can do: releases of one number have many schemas.
//  - Ids are unique, but indexed within a queue only.
#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/pg_boss/actions.hpp"
#include "backends/systems/pg_boss/diagnoses.hpp"
#include "backends/systems/pg_boss/states.hpp"
#include "backends/systems/pg_boss/system.hpp"

namespace queuetrace::pg_boss {
namespace {

constexpr std::array states{
    SqlStateRule{JobState::completed, "'completed'"},
    SqlStateRule{JobState::blocked, "'created', 'retry'", "j.blocked", "blocked"},
    SqlStateRule{JobState::scheduled, "'created'", "j.start_after > now()"},
    SqlStateRule{JobState::pending, "'created'"},
    SqlStateRule{JobState::retrying, "'retry'"},
    SqlStateRule{JobState::running, "'active'"},
    SqlStateRule{JobState::failed, "'failed', 'expired'"},
    SqlStateRule{JobState::cancelled, "'cancelled'"},
};

/// Since 11 in seconds.
constexpr Text expired_by_seconds =
    "j.state = 'active' AND j.started_on + make_interval(secs => j.expire_seconds) < now() - interval '1 minute'";
constexpr Text expired_by_interval = "j.state = 'active' AND j.started_on + j.expire_in < now() - interval '1 minute'";
/// An active job of the key holds back the others of queues of these policies (12).
constexpr Text behind_active =
    "j.policy IN ('singleton', 'stately') AND EXISTS (SELECT 1 FROM {job} o WHERE o.name = j.name AND o.state = "
    "'active' AND coalesce(o.singleton_key, '') = coalesce(j.singleton_key, ''))";
/// In strict order only the head of a key is taken, and a failed job blocks its key.
constexpr Text behind_head =
    "j.policy = 'key_strict_fifo' AND EXISTS (SELECT 1 FROM {job} o WHERE o.name = j.name AND o.singleton_key = "
    "j.singleton_key AND o.id <> j.id AND (o.state IN ('active', 'retry', 'failed') OR (j.state = 'created' AND "
    "o.state = "
    "'created' AND (o.created_on, o.id) < (j.created_on, j.id))))";
constexpr Text parents =
    "(SELECT jsonb_agg(d.parent_id) FROM {job_dependency} d WHERE d.child_name = j.name AND d.child_id = j.id)";

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.name"},
    SqlFieldRule{SqlField::kind, "j.name"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.retry_count + CASE WHEN j.started_on IS NULL THEN 0 ELSE 1 END"},
    SqlFieldRule{SqlField::max_attempts, "j.retry_limit + 1"},
    SqlFieldRule{SqlField::created_at, "j.created_on"},
    SqlFieldRule{SqlField::scheduled_at, "j.start_after"},
    SqlFieldRule{SqlField::started_at, "j.started_on"},
    SqlFieldRule{SqlField::finished_at, "j.completed_on"},
    SqlFieldRule{SqlField::error, error},
    SqlFieldRule{SqlField::payload, "j.data::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.data::text)"},
    SqlFieldRule{SqlField::payload_document, "j.data"},
    SqlFieldRule{SqlField::result, result},
    SqlFieldRule{SqlField::correlation_id, "j.singleton_key"},
    SqlFieldRule{SqlField::parents, constant<parents>, "job_dependency.parent_id"},
    SqlFieldRule{SqlField::causation_id, "j.source_id::text", "source_id"},
};

using ExtraForm = SqlExtra::Form;

constexpr std::array extras{
    SqlExtra{"policy", "nullif(j.policy, 'standard')"},
    SqlExtra{"dead_letter", "j.dead_letter"},
    SqlExtra{"source_queue", "j.source_name", ExtraForm::text, "source_name"},
    SqlExtra{"source_root", "j.source_root_id", ExtraForm::text, "source_root_id"},
    SqlExtra{"pending_dependencies", "nullif(j.pending_dependencies, 0)", ExtraForm::integer, "pending_dependencies"},
    SqlExtra{"group", "j.group_id", ExtraForm::text, "group_id"},
    SqlExtra{"heartbeat_at", "j.heartbeat_on", ExtraForm::time, "heartbeat_on"},
    SqlExtra{"keep_until", "j.keep_until", ExtraForm::time},
};

constexpr std::array carriers{
    SqlCarrier{.document = "j.trace_context", .needs = "trace_context"},
    SqlCarrier{.document = "j.data"},
};

constexpr std::array notes{
    SqlNoteRule{"stale", "it has run for longer than it may by over a minute, and no maintenance has expired it",
                constant<expired_by_seconds>, "expire_seconds"},
    SqlNoteRule{"stale", "it has run for longer than it may by over a minute, and no maintenance has expired it",
                constant<expired_by_interval>, "expire_in"},
    SqlNoteRule{"dead-letter-copy", "it is a copy of a job that failed in another queue, named under extra",
                "j.source_id IS NOT NULL", "source_id"},
};
constexpr std::array stale{SqlNoteRule{"stale", "", constant<expired_by_seconds>, "expire_seconds"},
                           SqlNoteRule{"stale", "", constant<expired_by_interval>, "expire_in"}};

constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::correlation, "j.singleton_key", Lookup::scanned}};

constexpr std::string_view ran = "j.started_on >= j.start_after AND j.state::text NOT IN ('created', 'retry')";
constexpr std::array waits{SqlTiming{"j.start_after", "j.started_on", ran}};
constexpr std::array runs_for{SqlTiming{"j.started_on",
                                        "CASE WHEN j.state = 'active' THEN now() ELSE j.completed_on END",
                                        "j.state::text IN ('active', 'completed', 'failed')"}};

constexpr std::string_view columns =
    "id name priority data state retry_limit retry_count retry_delay retry_backoff retry_delay_max expire_seconds "
    "expire_in deletion_seconds singleton_key singleton_on group_id group_tier start_after created_on started_on "
    "completed_on keep_until output dead_letter policy heartbeat_on heartbeat_seconds blocked blocking "
    "pending_dependencies source_name source_id source_created_on source_retry_count source_output source_root_id "
    "trace_context upsert_by_key archived_on";

constexpr std::array relations{
    SqlRelation{.name = "jobs",
                .table = "job",
                .fields = fields,
                .extras = extras,
                .state = "j.state",
                .states = states,
                .notes = notes,
                .traces = traces,
                .carriers = carriers,
                .wait = waits,
                .run = runs_for,
                .columns = columns},
    SqlRelation{.name = "archive",
                .table = "archive",
                .fields = fields,
                .extras = extras,
                .state = "j.state",
                .states = states,
                .notes = notes,
                .traces = traces,
                .carriers = carriers,
                .wait = waits,
                .run = runs_for,
                .columns = columns},
};

constexpr std::array<std::string_view, 4> tables{"queue", "version", "schedule", "job_dependency"};

constexpr std::array newest{SqlOrderKey{"j.created_on", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::uuid}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::uuid}};

constexpr Text due = "j.state IN ('created', 'retry') AND j.start_after <= now()";
/// From schema 40 on nothing orders jobs that were created together.
constexpr std::array peeks{
    SqlPeek{
        constant<due + " AND NOT j.blocked AND NOT (" + behind_active + ") AND NOT (" + behind_head + ")">,
        "j.priority DESC, j.created_on, j.id", "blocked",
        "jobs that were created together have no order among equal priorities, and limits of groups are known to the "
        "workers only"},
    SqlPeek{constant<due>, "j.priority DESC, j.created_on, j.id"},
};

constexpr std::array waiting{
    SqlWaitingRule{"blocked", "the jobs they depend on have not completed",
                   "j.state IN ('created', 'retry') AND j.blocked", "", "blocked"},
    SqlWaitingRule{"policy", "an active job of their key holds them back, by the policy of their queue",
                   constant<due + " AND NOT j.blocked AND " + behind_active>, "", "blocked"},
    SqlWaitingRule{"key", "another job of their key goes first, or failed and blocks it",
                   constant<due + " AND NOT j.blocked AND " + behind_head>, "", "blocked"},
    SqlWaitingRule{"scheduled", "their time has not come",
                   "j.state = 'created' AND j.start_after > now() AND NOT j.blocked", "j.start_after", "blocked"},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   "j.state = 'retry' AND j.start_after > now() AND NOT j.blocked", "j.start_after", "blocked"},
    SqlWaitingRule{"scheduled", "their time has not come", "j.state = 'created' AND j.start_after > now()",
                   "j.start_after", "!blocked"},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   "j.state = 'retry' AND j.start_after > now()", "j.start_after", "!blocked"},
};

constexpr std::array retry_skips{runs, has_completed,
                                 SqlSkipRule{"j.state IN ('created', 'retry') AND j.start_after <= now()",
                                             "it waits to run as it is", Verdict::already}};
constexpr auto retried = to_retry("retry_limit", "retry_count", "completed_on", "start_after");
/// Workers of queues that notify listen on a channel that is named by the digest of the schema's name (12).
constexpr Text woken =
    "told AS MATERIALIZED (SELECT pg_catalog.pg_notify('pgboss_' || left(encode(sha224(convert_to(n.nspname, 'UTF8')), "
    "'hex'), 24), q.name) FROM {queue} q JOIN pg_catalog.pg_class k ON k.oid = q.tableoid JOIN pg_catalog.pg_namespace "
    "n "
    "ON n.oid = k.relnamespace WHERE q.notify AND q.name IN (SELECT c.name FROM changed c)) SELECT c.id FROM changed c "
    "WHERE (SELECT count(*) FROM told) >= 0";
constexpr std::array retry{
    SqlActionStatement{constant<"WITH changed AS (" + retried + " RETURNING j.id, j.name), " + woken>, "queue.notify"},
    SqlActionStatement{constant<retried + " RETURNING j.id">, "!queue.notify"},
};
constexpr std::array cancel{SqlActionStatement{constant<to_cancel("completed_on")>}};

constexpr std::array actions = actions_of(retry_skips, retry, cancel);

constexpr std::array backup{
    SqlBackupTable{.table = "job", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "archive", .owner = "t.id", .condition = "t.id = ANY({:ids})", .needs = "archive.id"},
    SqlBackupTable{.table = "job_dependency",
                   .owner = "t.child_id",
                   .condition = "t.child_id = ANY({:ids})",
                   .needs = "job_dependency.child_id"},
};

constexpr std::array diagnoses{
    not_expired(constant<expired_by_seconds>, "expire_seconds"),
    not_expired(constant<expired_by_interval>, "expire_in"),
    not_taken(
        "j.state IN ('created', 'retry') AND j.start_after < now() - interval '{=alert_age} seconds' AND NOT j.blocked",
        "blocked"),
    not_taken("j.state IN ('created', 'retry') AND j.start_after < now() - interval '{=alert_age} seconds'",
              "!blocked"),
    SqlDiagnosisRule{.code = "blocked-for-good",
                     .severity = Finding::Severity::problem,
                     .subject = "blocked jobs",
                     .text = "depend on a job that failed or was cancelled: they never run",
                     .predicate =
                         "j.blocked AND EXISTS (SELECT 1 FROM {job_dependency} d JOIN {job} p ON p.name = "
                         "d.parent_name AND p.id = d.parent_id WHERE d.child_name = j.name AND d.child_id = j.id "
                         "AND p.state IN ('failed', 'cancelled'))",
                     .remedy = "queuetrace job retry -s <source> PARENT",
                     .needs = "blocked job_dependency.parent_id"},
};

}  // namespace

constexpr SqlSystem system{
    .info = info,
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id=uuid name data=jsonb state=job_state retry_limit start_after created_on singleton_key version.version "
        "schedule.cron",
    .relations = relations,
    .tables = tables,
    .id_type = SqlType::uuid,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .stale = stale,
    .version = "SELECT 'schema ' || max(v.version) FROM {version} v",
    .version_needs = "version.version",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .bare_names = true,
};
static_assert(consistent(system));

}  // namespace queuetrace::pg_boss

// pg-boss 9, in PostgreSQL: columns without underscores, one table that is not partitioned, and an archive. Facts:
// docs/systems/pg-boss.md.
#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/pg_boss/states.hpp"
#include "backends/systems/pg_boss/system.hpp"

namespace queuetrace::pg_boss {
namespace {

constexpr std::array states{
    SqlStateRule{JobState::completed, "'completed'"},
    SqlStateRule{JobState::scheduled, "'created'", "j.startafter > now()"},
    SqlStateRule{JobState::pending, "'created'"},
    SqlStateRule{JobState::retrying, "'retry'"},
    SqlStateRule{JobState::running, "'active'"},
    SqlStateRule{JobState::failed, "'failed', 'expired'"},
    SqlStateRule{JobState::cancelled, "'cancelled'"},
};

constexpr Text expired_by_interval = "j.state = 'active' AND j.startedon + j.expirein < now() - interval '1 minute'";

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.name"},
    SqlFieldRule{SqlField::kind, "j.name"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.retrycount + CASE WHEN j.startedon IS NULL THEN 0 ELSE 1 END"},
    SqlFieldRule{SqlField::max_attempts, "j.retrylimit + 1"},
    SqlFieldRule{SqlField::created_at, "j.createdon"},
    SqlFieldRule{SqlField::scheduled_at, "j.startafter"},
    SqlFieldRule{SqlField::started_at, "j.startedon"},
    SqlFieldRule{SqlField::finished_at, "j.completedon"},
    SqlFieldRule{SqlField::error, error},
    SqlFieldRule{SqlField::payload, "j.data::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.data::text)"},
    SqlFieldRule{SqlField::payload_document, "j.data"},
    SqlFieldRule{SqlField::result, result},
    SqlFieldRule{SqlField::correlation_id, "j.singletonkey"},
};

using ExtraForm = SqlExtra::Form;

constexpr std::array extras{
    SqlExtra{"keep_until", "j.keepuntil", ExtraForm::time},
    SqlExtra{"on_complete", "nullif(j.on_complete, false)", ExtraForm::boolean},
};

constexpr std::array carriers{
    SqlCarrier{.document = "j.data"},
};

constexpr std::array notes{
    SqlNoteRule{"stale", "it has run for longer than it may by over a minute, and no maintenance has expired it",
                constant<expired_by_interval>}};
constexpr std::array stale{SqlNoteRule{"stale", "", constant<expired_by_interval>}};

constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::correlation, "j.singletonkey", Lookup::scanned}};

constexpr std::string_view ran = "j.startedon >= j.startafter AND j.state::text NOT IN ('created', 'retry')";
constexpr std::array waits{SqlTiming{"j.startafter", "j.startedon", ran}};
constexpr std::array runs_for{SqlTiming{"j.startedon", "CASE WHEN j.state = 'active' THEN now() ELSE j.completedon END",
                                        "j.state::text IN ('active', 'completed', 'failed')"}};

constexpr std::string_view columns =
    "id name priority data state retrylimit retrycount retrydelay retrybackoff startafter startedon singletonkey "
    "singletonon expirein createdon completedon keepuntil on_complete output archivedon";

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

constexpr std::array<std::string_view, 2> tables{"version", "schedule"};

constexpr std::array newest{SqlOrderKey{"j.createdon", SqlType::time, true}, SqlOrderKey{"j.id", SqlType::uuid}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::uuid}};

constexpr Text due = "j.state IN ('created', 'retry') AND j.startafter < now()";
constexpr std::array peeks{SqlPeek{constant<due>, "j.priority DESC, j.createdon, j.id"}};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come", "j.state = 'created' AND j.startafter > now()",
                   "j.startafter"},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   "j.state = 'retry' AND j.startafter > now()", "j.startafter"},
};

constexpr std::array retry_skips{runs, has_completed,
                                 SqlSkipRule{"j.state IN ('created', 'retry') AND j.startafter <= now()",
                                             "it waits to run as it is", Verdict::already}};
constexpr Text to_retry =
    "UPDATE {job} j SET state = CASE WHEN j.state IN ('cancelled', 'created') THEN 'created'::text ELSE 'retry' "
    "END::{job_state}, "
    "retrylimit = j.retrylimit + CASE WHEN j.state::text IN ('failed', 'expired') AND NOT {:reset_attempts} THEN 1 "
    "ELSE 0 "
    "END, retrycount = CASE WHEN {:reset_attempts} THEN 0 ELSE j.retrycount END, completedon = NULL, startafter = "
    "now() "
    "WHERE j.id = ANY({:ids}) AND j.state NOT IN ('active', 'completed') AND NOT (j.state IN ('created', 'retry') AND "
    "j.startafter <= now())";
constexpr std::array retry{SqlActionStatement{constant<to_retry + " RETURNING j.id">}};
constexpr std::array cancel{
    SqlActionStatement{"UPDATE {job} SET state = 'cancelled', completedon = now() WHERE id = ANY({:ids}) AND (state IN "
                       "('created', 'retry') OR (state = 'active' AND {:force})) RETURNING id"}};

constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry,
                  .resets_attempts = false},
    SqlActionRule{.action = ActionKind::cancel, .effect = cancel_effect, .skips = cancel_skips, .statements = cancel},
    SqlActionRule{.action = ActionKind::erase, .effect = erase_effect, .skips = erase_skips, .statements = erase},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = archived_skips,
                  .resets_attempts = false,
                  .relation = "archive"},
    SqlActionRule{
        .action = ActionKind::cancel, .effect = cancel_effect, .skips = archived_skips, .relation = "archive"},
    SqlActionRule{
        .action = ActionKind::erase, .effect = erase_effect, .statements = erase_archived, .relation = "archive"},
};

constexpr std::array backup{
    SqlBackupTable{.table = "job", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "archive", .owner = "t.id", .condition = "t.id = ANY({:ids})", .needs = "archive.id"},
};

constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "not-expired",
                     .severity = Finding::Severity::warning,
                     .subject = "active jobs",
                     .text =
                         "have run for longer than they may by over a minute: no instance does the maintenance that "
                         "expires them",
                     .predicate = constant<expired_by_interval>,
                     .remedy = "start an instance of pg-boss, which supervises by default",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "created jobs",
                     .text =
                         "could have run for over an hour: no worker works on their queue, its policy holds them, or "
                         "the workers are too slow",
                     .predicate = "j.state IN ('created', 'retry') AND j.startafter < now() - interval '1 hour'",
                     .remedy = "queuetrace peek -s <source> --why"},
};

}  // namespace

constexpr SqlSystem early_system{
    .info = {.name = "pg-boss",
             .title = "pg-boss",
             .family = StorageFamily::postgresql,
             .summary = "job queue for Node.js, in PostgreSQL tables",
             .versions = "9 to 12 (schemas 20 to 46)",
             .storage = "tables job (partitioned from 10 on), archive (9 and 10), queue, schedule, version",
             .order = taking_order,
             .trace =
                 "column trace_context (12.36 and later, where contexts are propagated), else inside the data under "
                 "keys of the application's choice",
             .limits = limits,
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id=uuid name data=jsonb state=job_state retrylimit startafter createdon singletonkey version.version "
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
static_assert(consistent(early_system));

}  // namespace queuetrace::pg_boss

// pg-boss 9, in PostgreSQL: columns without underscores, one table that is not partitioned, and an archive. Facts:
// docs/systems/pg-boss.md.
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
constexpr auto retried = to_retry("retrylimit", "retrycount", "completedon", "startafter");
constexpr std::array retry{SqlActionStatement{constant<retried + " RETURNING j.id">}};
constexpr std::array cancel{SqlActionStatement{constant<to_cancel("completedon")>}};

constexpr std::array actions = actions_of(retry_skips, retry, cancel);

constexpr std::array backup{
    SqlBackupTable{.table = "job", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "archive", .owner = "t.id", .condition = "t.id = ANY({:ids})", .needs = "archive.id"},
};

constexpr std::array diagnoses{
    not_expired(constant<expired_by_interval>),
    not_taken("j.state IN ('created', 'retry') AND j.startafter < now() - interval '{=alert_age} seconds'"),
};

}  // namespace

constexpr SqlSystem early_system{
    .info = info,
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

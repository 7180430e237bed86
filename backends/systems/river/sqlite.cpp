// River in an SQLite file. Facts: docs/systems/river.md section 10. The tables are those of PostgreSQL; JSON is stored
// as text up to schema version 6 and as JSONB from 7 on, times are texts in UTC.
#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/river/states.hpp"
#include "backends/systems/river/system.hpp"

namespace queuetrace::river {
namespace {

consteval auto moment(const auto& column) { return "micros_of(j." + Text(column) + ")"; }
/// Now, moved by `change`, as the library writes times, so that texts compare as times do.
consteval auto moment_text(const auto& change) { return "strftime('%Y-%m-%d %H:%M:%f', 'now'" + Text(change) + ")"; }
constexpr Text now = moment_text("");
constexpr Text minute_ago = moment_text(", '-1 minute'");

/// Documents of at most 256 kB are looked into: `river:log` may hold megabytes of what a job logged.
consteval auto document(const auto& column) {
  return "CASE WHEN length(j." + Text(column) + ") <= 262144 THEN json_of(j." + Text(column) + ") END";
}
constexpr Text metadata = document("metadata");
consteval auto member(const auto& name) { return "json_extract(" + metadata + ", '$.\"" + Text(name) + "\"')"; }
consteval auto has(const auto& name) { return member(name) + " IS NOT NULL"; }

constexpr std::array carriers{SqlCarrier{.document = constant<metadata>},
                              SqlCarrier{.document = constant<document("args")>}};

constexpr Text correlation =
    "coalesce(" + member("correlation_id") + ", json_extract(" + document("args") + ", '$.correlation_id'))";

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.kind"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, constant<moment("created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment("attempted_at")>},
    SqlFieldRule{SqlField::finished_at, constant<moment("finalized_at")>},
    SqlFieldRule{SqlField::worker, "json_extract(json_of(j.attempted_by), '$[#-1]')"},
    SqlFieldRule{SqlField::error, "json_extract(json_of(j.errors), '$[#-1].error')"},
    SqlFieldRule{SqlField::payload, "json_of(j.args)"},
    SqlFieldRule{SqlField::payload_document, "json_of(j.args)"},
    SqlFieldRule{SqlField::result, constant<"CASE WHEN json_type(" + metadata +
                                            ", '$.output') IS NOT NULL THEN "
                                            "json_quote(json_extract(" +
                                            metadata + ", '$.output')) END">},
    SqlFieldRule{SqlField::correlation_id, constant<correlation>},
    SqlFieldRule{SqlField::workflow_id, constant<member("workflow_id")>},
};

using ExtraForm = SqlExtra::Form;

/// The newest twenty attempts that failed, oldest first; stacks of panics are cut.
constexpr std::string_view attempt_errors =
    "(SELECT nullif(json_group_array(json(n.failure)), '[]') FROM (SELECT e.key, json_object('at', "
    "json_extract(e.value, '$.at'), 'attempt', json_extract(e.value, '$.attempt'), 'error', "
    "substr(json_extract(e.value, '$.error'), 1, 2000), 'trace', nullif(substr(json_extract(e.value, '$.trace'), 1, "
    "2000), '')) AS failure FROM json_each(json_of(j.errors)) e WHERE e.type = 'object' AND e.key >= "
    "json_array_length(json_of(j.errors)) - 20 ORDER BY e.key) n)";

/// Members of known use and bounded size.
constexpr Text other_metadata =
    "(SELECT nullif(json_group_object(m.key, CASE WHEN m.type IN ('object', 'array') THEN json(m.value) WHEN m.type IN "
    "('true', 'false') THEN json(m.type) ELSE m.value END), '{}') FROM json_each(" +
    metadata + ") m WHERE m.key NOT IN ('output', 'river:log', 'river:unique_nonce') AND length(m.value) <= 16384)";

constexpr std::array extras{
    SqlExtra{"errors", attempt_errors, ExtraForm::json},
    SqlExtra{"tags", "nullif(json_of(j.tags), '[]')", ExtraForm::json},
    SqlExtra{"metadata", constant<other_metadata>, ExtraForm::json},
    SqlExtra{"unique_key", "lower(nullif(hex(j.unique_key), ''))", ExtraForm::text, "unique_key"},
    SqlExtra{"clients", "nullif(json_of(j.attempted_by), '[]')", ExtraForm::json},
};

constexpr std::string_view columns =
    "id state attempt max_attempts attempted_at created_at finalized_at scheduled_at priority args attempted_by errors "
    "kind metadata queue tags unique_key unique_states";

/// 5 minutes for the elected client's rounds.
constexpr Text stuck =
    "j.state = 'running' AND j.attempted_at < " + moment_text(", '-' || ({=rescue_after_seconds} + 300) || ' seconds'");
constexpr Text not_promoted = "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < " + minute_ago;
constexpr Text cancel_unheard = "j.state = 'running' AND j.attempted_at < " + minute_ago + " AND micros_of(" +
                                member("cancel_attempted_at") + ") < micros_of(" + minute_ago + ")";
constexpr Text of_paused_queue =
    "EXISTS (SELECT 1 FROM {river_queue} p WHERE p.name = j.queue AND p.paused_at IS NOT NULL)";
constexpr Text is_due = "j.state = 'available' AND j.scheduled_at <= " + now;

constexpr std::array notes{
    SqlNoteRule{"stale", runs_long, constant<stuck>},
    SqlNoteRule{"cancel-requested", cancel_requested,
                constant<"j.state = 'running' AND " + has("cancel_attempted_at")>},
    SqlNoteRule{"snoozed", snoozed, constant<"j.state IN ('scheduled', 'available') AND " + has("snoozes")>},
    SqlNoteRule{"rescued", rescued, constant<has("river:rescue_count")>},
    SqlNoteRule{"not-promoted", overdue, constant<not_promoted>},
    SqlNoteRule{"trace-of-insert", trace_of_insert, constant<"j.attempted_at IS NOT NULL AND " + has("traceparent")>},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, constant<correlation>, Lookup::scanned},
};

/// As on PostgreSQL: system.cpp.
constexpr Text ran = "(j.state IN ('running', 'completed', 'discarded') OR (j.state = 'cancelled' AND NOT " +
                     has("cancel_attempted_at") + "))";
constexpr std::array waits{
    SqlTiming{constant<moment("scheduled_at")>, constant<moment("attempted_at")>, constant<ran>}};
constexpr std::array runs{SqlTiming{
    constant<moment("attempted_at")>,
    constant<"CASE WHEN j.state = 'running' THEN micros_of(" + now + ") ELSE " + moment("finalized_at") + " END">,
    constant<ran>}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "river_job",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.state",
                                           .states = states,
                                           .notes = notes,
                                           .traces = traces,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs,
                                           .columns = columns}};

constexpr std::array<std::string_view, 3> tables{"river_queue", "river_leader", "river_migration"};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// docs/systems/river.md sections 4 and 10: times are ordered as the texts they are.
constexpr std::array peeks{SqlPeek{constant<is_due>, "j.priority, j.scheduled_at, j.id"}};

constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are due, held by the pause of their queue",
                   constant<is_due + " AND " + of_paused_queue>, "", "river_queue.paused_at"},
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'scheduled' AND j.scheduled_at > " + now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'retryable' AND j.scheduled_at > " + now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; the elected client makes them available, every 5 seconds",
                   constant<"j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= " + now>,
                   constant<moment("scheduled_at")>},
    SqlWaitingRule{"held", "an extension of River holds them until what they wait for is done", "j.state = 'pending'"},
    SqlWaitingRule{"not-due", "they are available, but their time has not come",
                   constant<"j.state = 'available' AND j.scheduled_at > " + now>, constant<moment("scheduled_at")>},
};

constexpr std::array pauses{
    SqlPause{.from = "(SELECT q.name, q.paused_at FROM {river_queue} q WHERE q.paused_at IS NOT NULL) p",
             .queue = "p.name",
             .since = "micros_of(p.paused_at)",
             .by = {},
             .needs = "river_queue.paused_at"}};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<stuck>}};

constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "stuck-running",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = stuck_running,
                     .predicate = constant<stuck>,
                     .remedy = "queuetrace job list -s <source> --state running",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-promoted",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = never_promoted,
                     .predicate = constant<not_promoted>,
                     .remedy = start_client,
                     .in_check = true},
    SqlDiagnosisRule{.code = "cancel-unheard",
                     .severity = Finding::Severity::warning,
                     .subject = "running jobs",
                     .text = unheard,
                     .predicate = constant<cancel_unheard>,
                     .remedy = "queuetrace job list -s <source> --state running"},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "available jobs",
                     .text = never_taken,
                     .predicate = constant<"j.state = 'available' AND j.scheduled_at < " + moment_text(", '-1 hour'") +
                                           " AND NOT " + of_paused_queue>,
                     .remedy = "queuetrace peek -s <source> --why",
                     .needs = "river_queue.paused_at"},
    SqlDiagnosisRule{
        .code = "paused-queue",
        .severity = Finding::Severity::warning,
        .subject = "paused queues",
        .text = paused_long,
        .rows =
            constant<"SELECT p.name AS found FROM {river_queue} p WHERE p.paused_at < " + moment_text(", '-1 hour'") +
                     " AND EXISTS (SELECT 1 FROM {river_job} j WHERE j.queue = p.name AND " + is_due + ")">,
        .of_jobs = false,
        .remedy = "resume it in the application (QueueResume)",
        .needs = "river_queue.paused_at"},
};

constexpr std::string_view unchanged = "River's files in SQLite are read only here";
constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, unchanged, "JobRetry in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "JobCancel in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "JobDelete in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "JobUpdate in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "QueuePause and QueueResume in the application"},
};

}  // namespace

constexpr SqlSystem sqlite_system{
    .info = {.name = "river",
             .title = "River",
             .family = StorageFamily::sqlite,
             .summary = summary,
             .versions = schema_versions,
             .storage = "tables river_job, river_queue, river_leader, river_migration",
             .order = taking_order,
             .trace = trace_places,
             .limits = limits,
             .states = state_words},
    .flavour = SqlFlavour::sqlite,
    .probe = "id state attempt max_attempts attempted_at attempted_by errors args metadata kind queue finalized_at",
    .relations = relations,
    .settings = settings,
    .tables = tables,
    .id_type = SqlType::integer,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .pauses = pauses,
    .stale = stale,
    .version = "SELECT 'schema version ' || max(m.version) FROM {river_migration} m WHERE m.line = 'main'",
    .version_needs = "river_migration.version river_migration.line",
    .recent = "j.id",
    .diagnoses = diagnoses,
    .refusals = refusals,
};
static_assert(consistent(sqlite_system));

}  // namespace queuetrace::river

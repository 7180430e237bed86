// Solid Queue in an SQLite file: the tables of PostgreSQL, times as texts in UTC. Facts: docs/systems/solid-queue.md.
#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/solid_queue/states.hpp"
#include "backends/systems/solid_queue/system.hpp"

namespace queuetrace::solid_queue {
namespace {

consteval auto moment(const auto& text) { return "micros_of(" + Text(text) + ")"; }
/// Now, moved by `change`, as Rails writes times, so that texts compare as times do.
consteval auto moment_text(const auto& change) {
  return "strftime('%Y-%m-%d %H:%M:%f', 'now'" + Text(change) + ") || '000'";
}
constexpr Text now = moment_text("");
constexpr Text five_minutes_ago = moment_text(", '-5 minutes'");

/// Active Job's hash. Attempts before this row's, and the id of the row of the attempt before (1.1.4 and later).
constexpr Text executions = "CAST(json_extract(json_of(j.arguments), '$.executions') AS INTEGER)";
constexpr Text attempt_before = "CAST(json_extract(json_of(j.arguments), '$.provider_job_id') AS TEXT)";

constexpr Text failed_at = "(SELECT f.created_at FROM {solid_queue_failed_executions} f WHERE f.job_id = j.id)";
constexpr Text claimed_at = "(SELECT c.created_at FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)";
constexpr std::string_view error =
    "(SELECT coalesce(json_extract(json_of(f.error), '$.exception_class') || ': ' || json_extract(json_of(f.error), "
    "'$.message'), f.error) FROM {solid_queue_failed_executions} f WHERE f.job_id = j.id)";

constexpr std::array carriers{SqlCarrier{.document = "j.arguments"}};

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue_name"},
    SqlFieldRule{SqlField::kind, "j.class_name"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, constant<"coalesce(" + executions + ", 0) + CASE WHEN " + finished + " OR " +
                                              claimed + " OR " + failed + " THEN 1 ELSE 0 END">},
    SqlFieldRule{SqlField::created_at, constant<moment("j.created_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("j.scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment(claimed_at)>},
    SqlFieldRule{SqlField::finished_at, constant<moment("coalesce(j.finished_at, " + failed_at + ")")>},
    SqlFieldRule{SqlField::worker,
                 "(SELECT coalesce(p.name, p.kind) || ' on ' || coalesce(p.hostname, '?') || ':' || p.pid FROM "
                 "{solid_queue_claimed_executions} c JOIN {solid_queue_processes} p ON p.id = c.process_id WHERE "
                 "c.job_id = j.id)",
                 "solid_queue_processes.name"},
    SqlFieldRule{SqlField::error, error},
    SqlFieldRule{SqlField::payload, "j.arguments"},
    SqlFieldRule{SqlField::payload_document, "json_of(j.arguments)"},
    SqlFieldRule{SqlField::parents,
                 constant<"CASE WHEN " + attempt_before + " IS NOT NULL THEN json_array(" + attempt_before + ") END">},
};

using ExtraForm = SqlExtra::Form;

constexpr std::array extras{
    SqlExtra{"active_job_id", "j.active_job_id"},
    SqlExtra{"concurrency_key", "j.concurrency_key"},
    SqlExtra{"blocked_until",
             "(SELECT micros_of(b.expires_at) FROM {solid_queue_blocked_executions} b WHERE b.job_id = j.id)",
             ExtraForm::time},
    SqlExtra{"recurring_task", "(SELECT r.task_key FROM {solid_queue_recurring_executions} r WHERE r.job_id = j.id)",
             ExtraForm::text, "solid_queue_recurring_executions.task_key"},
    SqlExtra{"process_id", "(SELECT c.process_id FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id)"},
};

constexpr std::string_view columns =
    "id queue_name class_name arguments priority active_job_id scheduled_at finished_at concurrency_key created_at "
    "updated_at";

constexpr std::array states{
    SqlStateRule{.state = JobState::completed, .when = constant<finished>, .native = "finished"},
    SqlStateRule{.state = JobState::pending, .when = constant<ready>, .native = "ready"},
    SqlStateRule{.state = JobState::running, .when = constant<claimed>, .native = "claimed"},
    SqlStateRule{.state = JobState::failed, .when = constant<failed>, .native = "failed"},
    SqlStateRule{.state = JobState::blocked, .when = constant<blocked>, .native = "blocked"},
    SqlStateRule{.state = JobState::retrying,
                 .when = constant<scheduled + " AND coalesce(" + executions + ", 0) <> 0">,
                 .native = "scheduled"},
    SqlStateRule{.state = JobState::scheduled, .when = constant<scheduled>, .native = "scheduled"},
};

constexpr Text abandoned =
    "EXISTS (SELECT 1 FROM {solid_queue_claimed_executions} c WHERE c.job_id = j.id AND NOT EXISTS (SELECT 1 FROM "
    "{solid_queue_processes} p WHERE p.id = c.process_id AND p.last_heartbeat_at > " +
    five_minutes_ago + "))";
consteval auto due_since(const auto& time) {
  return "EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = j.id AND s.scheduled_at <= " +
         Text(time) + ")";
}
constexpr Text not_dispatched = due_since(moment_text(", '-1 minute'"));

constexpr std::array notes{
    SqlNoteRule{"abandoned", "its process is gone or silent for over five minutes", constant<abandoned>},
    SqlNoteRule{"not-dispatched", "it is due for over a minute, and no dispatcher made it ready",
                constant<not_dispatched>},
    SqlNoteRule{"no-execution", "no table of executions names it: it was made or changed half",
                constant<"NOT (" + finished + ") AND NOT " + ready + " AND NOT " + claimed + " AND NOT " + failed +
                         " AND NOT " + blocked + " AND NOT " + scheduled>},
    SqlNoteRule{"retried-as-another",
                "its attempt failed: a later attempt is a row of its own with the same Active Job id",
                constant<finished + " AND EXISTS (SELECT 1 FROM {solid_queue_jobs} o WHERE o.active_job_id = "
                                    "j.active_job_id AND o.id > j.id)">},
};

constexpr std::array traces{
    SqlTraceRule{.kind = SqlTraceRule::Kind::parent, .expression = constant<attempt_before>, .lookup = Lookup::scanned},
};

constexpr std::array waits{
    SqlTiming{constant<moment("j.scheduled_at")>, constant<moment(claimed_at)>, constant<claimed>}};
constexpr std::array runs_for{SqlTiming{constant<moment(claimed_at)>, constant<moment(now)>, constant<claimed>}};

constexpr std::array joins{SqlJoin{"r", "LEFT JOIN {solid_queue_ready_executions} r ON r.job_id = j.id"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "solid_queue_jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .states = states,
                                           .notes = notes,
                                           .traces = traces,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs_for,
                                           .joins = joins,
                                           .columns = columns}};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

constexpr std::array peeks{SqlPeek{"r.job_id IS NOT NULL", "r.priority, r.job_id"}};

constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are ready, held by the pause of their queue",
                   constant<ready + " AND EXISTS (SELECT 1 FROM {solid_queue_pauses} p WHERE p.queue_name = "
                                    "j.queue_name)">,
                   "", "solid_queue_pauses.queue_name"},
    SqlWaitingRule{"scheduled", "their time has not come", constant<scheduled + " AND NOT " + due_since(now)>,
                   constant<moment("j.scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; a dispatcher makes them ready, every second", constant<due_since(now)>,
                   constant<moment("j.scheduled_at")>},
    SqlWaitingRule{"blocked", "others of their concurrency key run or go first", constant<blocked>},
};

constexpr std::array pauses{SqlPause{.from = "{solid_queue_pauses} p",
                                     .queue = "p.queue_name",
                                     .since = "micros_of(p.created_at)",
                                     .by = {},
                                     .needs = "solid_queue_pauses.created_at"}};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<abandoned>}};

constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "abandoned",
                     .severity = Finding::Severity::warning,
                     .subject = "claimed jobs",
                     .text = "belong to a process that is gone or silent for over five minutes: a supervisor that runs "
                             "would fail them",
                     .predicate = constant<abandoned>,
                     .remedy = "bin/jobs start",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-dispatched",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled jobs",
                     .text = "are due for over a minute and were not made ready: no dispatcher runs",
                     .predicate = constant<not_dispatched>,
                     .remedy = "bin/jobs start",
                     .in_check = true},
    SqlDiagnosisRule{.code = "blocked-too-long",
                     .severity = Finding::Severity::warning,
                     .subject = "blocked jobs",
                     .text = "have outlived their semaphore by over ten minutes: no dispatcher does the maintenance of "
                             "concurrency",
                     .rows = constant<"SELECT b.job_id AS found FROM {solid_queue_blocked_executions} b WHERE "
                                      "b.expires_at < " +
                                      moment_text(", '-10 minutes'")>,
                     .remedy = "bin/jobs start"},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "ready jobs",
                     .text = "have been ready for over an hour, in queues that are not paused: no worker takes from "
                             "them, or too few",
                     .rows = constant<"SELECT r.job_id AS found FROM {solid_queue_ready_executions} r WHERE "
                                      "r.created_at < " +
                                      moment_text(", '-1 hour'") +
                                      " AND NOT EXISTS (SELECT 1 FROM {solid_queue_pauses} p WHERE p.queue_name = "
                                      "r.queue_name)">,
                     .remedy = "queuetrace peek -s <source> --why",
                     .needs = "solid_queue_pauses.queue_name"},
    SqlDiagnosisRule{.code = "dead-process",
                     .severity = Finding::Severity::note,
                     .subject = "processes",
                     .text = "have been silent for over five minutes: they were killed, and no supervisor has pruned "
                             "them",
                     .rows = constant<"SELECT coalesce(p.hostname, '?') || ':' || p.pid AS found FROM "
                                      "{solid_queue_processes} p WHERE p.last_heartbeat_at < " +
                                      five_minutes_ago>,
                     .of_jobs = false},
};

constexpr std::string_view unchanged = "Solid Queue's files in SQLite are read only here";
constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, unchanged, "SolidQueue::Job#retry in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "SolidQueue::Job#discard in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "SolidQueue::Job#discard in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "enqueue it anew in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "SolidQueue::Queue#pause and #resume in the application"},
};

}  // namespace

constexpr SqlSystem sqlite_system{
    .info = {.name = "solid-queue",
             .title = "Solid Queue",
             .family = StorageFamily::sqlite,
             .summary = "Active Job backend of Rails 8, in an SQLite file",
             .versions = "1.0 to 1.5; written from its documented tables, not compared with the running library by "
                         "this project's tests",
             .storage = "tables solid_queue_jobs and its five tables of executions, solid_queue_processes, "
                        "solid_queue_pauses",
             .order = "in each queue: ready, lowest priority number first, then the id",
             .trace = "arguments.__otel_headers; by default each retry is a row with a trace of its own, linked to the "
                      "one before",
             .limits = "the limit of attempts and concurrency limits are in the application's code; when a finished "
                       "job started is not recorded",
             .states = state_words},
    .flavour = SqlFlavour::sqlite,
    .probe =
        "id queue_name class_name arguments active_job_id scheduled_at finished_at created_at "
        "solid_queue_ready_executions.job_id solid_queue_claimed_executions.job_id "
        "solid_queue_failed_executions.job_id solid_queue_scheduled_executions.job_id "
        "solid_queue_blocked_executions.job_id solid_queue_processes.last_heartbeat_at",
    .relations = relations,
    .tables = tables,
    .id_type = SqlType::integer,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .pauses = pauses,
    .stale = stale,
    .statistics_note = "when finished jobs began is not recorded, so their waits and runs are unknown",
    .recent = "j.id",
    .diagnoses = diagnoses,
    .refusals = refusals,
};
static_assert(consistent(sqlite_system));

}  // namespace queuetrace::solid_queue

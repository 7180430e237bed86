// Solid Queue, the Active Job backend of Rails 8, in PostgreSQL. Facts:
// docs/systems/solid-queue.md.
//  - A job's state is the execution table that has a row for it.
//  - A retry is a new row of jobs; the row of the failed attempt is plainly finished.
#include "backends/systems/solid_queue/system.hpp"

#include <array>

#include "backends/systems/solid_queue/actions.hpp"
#include "backends/systems/solid_queue/diagnoses.hpp"
#include "backends/systems/solid_queue/fields.hpp"

namespace queuetrace::solid_queue {
namespace {

constexpr std::array states{
    SqlStateRule{.state = JobState::completed, .when = constant<finished>, .native = "finished"},
    SqlStateRule{.state = JobState::pending, .when = constant<ready>, .native = "ready"},
    SqlStateRule{.state = JobState::running, .when = constant<claimed>, .native = "claimed"},
    SqlStateRule{.state = JobState::failed, .when = constant<failed>, .native = "failed"},
    SqlStateRule{.state = JobState::blocked, .when = constant<blocked>, .native = "blocked"},
    SqlStateRule{.state = JobState::retrying,
                 .when = constant<scheduled + " AND coalesce(" + executions + ", '0') <> '0'">,
                 .native = "scheduled"},
    SqlStateRule{.state = JobState::scheduled, .when = constant<scheduled>, .native = "scheduled"},
};

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
constexpr std::array runs_for{SqlTiming{constant<moment(claimed_at)>, "now()", constant<claimed>}};

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
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = j.id AND "
                            "s.scheduled_at > " +
                            utc_now + ")">,
                   constant<moment("j.scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; a dispatcher makes them ready, every second",
                   constant<"EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = j.id AND "
                            "s.scheduled_at <= " +
                            utc_now + ")">,
                   constant<moment("j.scheduled_at")>},
    SqlWaitingRule{"blocked", "others of their concurrency key run or go first", constant<blocked>},
};

constexpr std::array pauses{SqlPause{.from = "{solid_queue_pauses} p",
                                     .queue = "p.queue_name",
                                     .since = "p.created_at AT TIME ZONE 'UTC'",
                                     .by = {},
                                     .needs = "solid_queue_pauses.created_at"}};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<abandoned>}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "solid-queue",
             .title = "Solid Queue",
             .family = StorageFamily::postgresql,
             .summary = "Active Job backend of Rails 8, in PostgreSQL tables",
             .versions =
                 "1.0 to 1.5; written from its documented tables, not compared with the running library by this "
                 "project's tests",
             .storage = "tables solid_queue_jobs and its five tables of executions, solid_queue_processes, "
                        "solid_queue_pauses",
             .order = "in each queue: ready, lowest priority number first, then the id",
             .trace =
                 "arguments.__otel_headers; by default each retry is a row with a trace of its own, linked to the one "
                 "before",
             .limits =
                 "the limit of attempts and concurrency limits are in the application's code; when a finished job "
                 "started is not recorded",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id=int8 queue_name class_name arguments=text active_job_id scheduled_at=timestamp finished_at "
        "created_at=timestamp solid_queue_ready_executions.job_id solid_queue_claimed_executions.job_id "
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
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .pausing = &pausing,
};
static_assert(consistent(system));

}  // namespace queuetrace::solid_queue

// BullMQ 6 (Node.js) in PostgreSQL. Facts: docs/systems/bullmq.md section 10.
//  - Ids are unique within a queue alone; with its queue before it, `QUEUE/ID`, one names a job.
//  - Times are milliseconds since 1970 of the clients' clocks; workers compare with their own.
//  - Changes go through the library's functions; deletion does what its clean() does, since remove() refuses some.
#include "backends/systems/bullmq_postgresql/system.hpp"

#include <array>

#include "backends/systems/bullmq_postgresql/actions.hpp"
#include "backends/systems/bullmq_postgresql/diagnoses.hpp"
#include "backends/systems/bullmq_postgresql/fields.hpp"

namespace queuetrace::bullmq_postgresql {
namespace {

constexpr std::array state_words{
    StateMapping{"waiting", JobState::pending},
    StateMapping{"delayed", JobState::scheduled, "no attempt was begun"},
    StateMapping{"delayed", JobState::retrying, "an attempt failed, or put the job off"},
    StateMapping{"active", JobState::running},
    StateMapping{"waiting-children", JobState::blocked, "until its children have ended"},
    StateMapping{"completed", JobState::completed},
    StateMapping{"failed", JobState::failed, "no attempt is left"},
};

constexpr std::array states{
    SqlStateRule{.state = JobState::completed, .words = "'completed'"},
    SqlStateRule{.state = JobState::failed, .words = "'failed'"},
    SqlStateRule{.state = JobState::running, .words = "'active'"},
    SqlStateRule{.state = JobState::pending, .words = "'waiting'"},
    SqlStateRule{.state = JobState::retrying, .words = "'delayed'", .when = "j.attempts_started > 0"},
    SqlStateRule{.state = JobState::scheduled, .words = "'delayed'"},
    SqlStateRule{.state = JobState::blocked, .words = "'waiting-children'"},
};

constexpr std::array notes{
    SqlNoteRule{"stalled", "no worker holds its lock: it runs on unseen, or its worker is gone",
                constant<lock_ran_out>},
    SqlNoteRule{"deferred-failure", "a worker that takes it fails it at once",
                "j.deferred_failure IS NOT NULL AND j.state NOT IN ('completed', 'failed')"},
};

/// Of a later execution the moment from which it waited is not stored.
constexpr std::array waits{
    SqlTiming{constant<moment("greatest(j.added_at_ms, j.process_at_ms)")>, constant<moment("j.processed_at_ms")>,
              "j.attempts_started = 1 AND j.processed_at_ms >= greatest(j.added_at_ms, j.process_at_ms) AND j.state IN "
              "('active', 'completed', 'failed')"}};
constexpr std::array runs_for{
    SqlTiming{constant<moment("j.processed_at_ms")>,
              constant<"CASE WHEN j.state = 'active' THEN now() ELSE " + moment("j.finished_at_ms") + " END">,
              "j.state IN ('active', 'completed', 'failed')"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "job",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.state",
                                           .states = states,
                                           .notes = notes,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs_for,
                                           .columns = columns}};

constexpr std::array<std::string_view, 9> tables{"job_dependency", "meta",    "rate_limit",      "migration", "job_log",
                                                 "dedup",          "pause()", "reprocess_job()", "promote()"};

constexpr std::array newest{SqlOrderKey{"j.added_at_ms", SqlType::integer, true}, SqlOrderKey{"j.queue"},
                            SqlOrderKey{"j.id"}};
constexpr std::array storage{SqlOrderKey{"j.queue"}, SqlOrderKey{"j.id"}};

constexpr Text queue_is_full =
    "(SELECT count(*) FROM {job} a WHERE a.queue = j.queue AND a.state = 'active') >= (SELECT m.value::integer FROM "
    "{meta} m WHERE m.queue = j.queue AND m.field = 'concurrency' AND m.value ~ '^[0-9]{1,9}$')";
constexpr Text limit_is_spent =
    "EXISTS (SELECT 1 FROM {rate_limit} r JOIN {meta} m ON m.queue = r.queue AND m.field = 'max' AND m.value ~ "
    "'^[0-9]{1,9}$' WHERE r.queue = j.queue AND r.expire_at_ms > " +
    now_ms + " AND r.points >= m.value::bigint)";
/// A delayed job that is due keeps its place among those that wait.
constexpr Text due = "(j.state = 'waiting' OR (j.state = 'delayed' AND j.process_at_ms <= " + now_ms + "))";
constexpr std::array peeks{
    SqlPeek{constant<due + " AND (" + queue_is_full + ") IS NOT TRUE AND NOT " + limit_is_spent>, "j.priority, j.seq"}};

constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are due, held by the pause of their queue",
                   constant<due + " AND EXISTS (SELECT 1 FROM {meta} m WHERE m.queue = j.queue AND m.field = 'paused' "
                                  "AND m.value = '1')">},
    SqlWaitingRule{"concurrency", "as many jobs of their queue run as its global concurrency allows",
                   constant<due + " AND (" + queue_is_full + ")">},
    SqlWaitingRule{"rate-limit", "the limit of their queue is spent for now", constant<due + " AND " + limit_is_spent>},
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'delayed' AND j.attempts_started = 0 AND j.process_at_ms > " + now_ms>,
                   constant<moment("j.process_at_ms")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'delayed' AND j.attempts_started > 0 AND j.process_at_ms > " + now_ms>,
                   constant<moment("j.process_at_ms")>},
    SqlWaitingRule{"children", "their children have not all ended", "j.state = 'waiting-children'"},
};

constexpr std::array pauses{
    SqlPause{.from = "(SELECT m.queue AS name FROM {meta} m WHERE m.field = 'paused' AND m.value = '1') p",
             .queue = "p.name",
             .since = {},
             .by = {}}};

constexpr std::array stale{SqlNoteRule{"stalled", "", constant<lock_ran_out>}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "bullmq-postgresql",
             .title = "BullMQ (PostgreSQL)",
             .family = StorageFamily::postgresql,
             .summary = "BullMQ 6 for Node.js, in PostgreSQL tables; its jobs in Redis: bullmq",
             .versions = "6.3 and later, by their columns; 6.7.0 was run",
             .storage = "schema bullmq: tables job, job_dependency, meta, rate_limit, scheduler, event, migration",
             .order =
                 "in each queue: waiting, or delayed and due; lowest priority number first, then in the order they "
                 "were added, last in first out where asked for",
             .trace = "opts.telemetry.metadata (bullmq-otel), traceparent in opts, or one that the application puts "
                      "into data",
             .limits = "limits of workers are not stored; times of earlier attempts are not; who paused a queue is not",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "queue=text id=text seq=int8 state=job_state data=jsonb opts=jsonb added_at_ms=int8 process_at_ms=int8 "
        "locked_until_ms=int8 attempts_started deferred_failure parent_queue meta.field rate_limit.points "
        "migration.min_client_version",
    .relations = relations,
    .tables = tables,
    .id_type = SqlType::text,
    .ids_by_queue = true,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .pauses = pauses,
    .stale = stale,
    .version = "SELECT 'schema ' || max(m.version) FROM {migration} m",
    .version_needs = "migration.version",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .pausing = &pausing,
};
static_assert(consistent(system));

}  // namespace queuetrace::bullmq_postgresql

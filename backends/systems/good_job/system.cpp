// GoodJob, an Active Job backend for Ruby on Rails, in PostgreSQL. Facts: docs/systems/good-job.md.
//  - There is no state column: states follow from times, in the order of the library's own (4.1.1 and later).
//  - Rows tell whether a larger or a smaller number is taken first: 3.x marks its jobs as discrete, 4.x does not.
//  - A worker's hold on a job is an advisory lock of its session, which is looked up in pg_locks.
#include "backends/systems/good_job/system.hpp"

#include <array>

#include "backends/systems/good_job/actions.hpp"
#include "backends/systems/good_job/diagnoses.hpp"
#include "backends/systems/good_job/fields.hpp"

namespace queuetrace::good_job {
namespace {

constexpr std::array state_words{
    StateMapping{"succeeded", JobState::completed},
    StateMapping{"discarded", JobState::dead, "ended with an error, handled or not"},
    StateMapping{"running", JobState::running, "begun and not ended; interrupted where no worker holds it"},
    StateMapping{"queued", JobState::pending},
    StateMapping{"retried", JobState::retrying},
    StateMapping{"scheduled", JobState::scheduled},
};

constexpr std::array states{
    SqlStateRule{
        .state = JobState::completed, .when = "j.finished_at IS NOT NULL AND j.error IS NULL", .native = "succeeded"},
    SqlStateRule{.state = JobState::dead, .when = "j.finished_at IS NOT NULL", .native = "discarded"},
    SqlStateRule{.state = JobState::running, .when = "j.performed_at IS NOT NULL", .native = "running"},
    SqlStateRule{.state = JobState::pending,
                 .when = constant<"coalesce(j.scheduled_at, j.created_at) <= " + utc_now>,
                 .native = "queued"},
    SqlStateRule{.state = JobState::retrying, .when = "j.error IS NOT NULL", .native = "retried"},
    SqlStateRule{.state = JobState::scheduled, .native = "scheduled"},
};

constexpr std::array notes{
    SqlNoteRule{"interrupted", "it began and has not ended, no worker holds it and its process is gone",
                constant<interrupted>},
    SqlNoteRule{"handled", "its error was handled by the job's class",
                "j.error_event = 2 AND j.finished_at IS NOT NULL"},
    SqlNoteRule{"created-at-rewritten",
                "a retry rewrites when it was created; the oldest execution is the better guess",
                "j.executions_count > 1"},
    SqlNoteRule{"trace-of-last-attempt",
                "each attempt may have a trace of its own: earlier ones are under extra.executions",
                "j.executions_count > 1 AND j.serialized_params ? '__otel_headers'"},
};

constexpr std::array waits{
    SqlTiming{constant<moment("scheduled_at")>, constant<moment("performed_at")>, "j.performed_at >= j.scheduled_at"}};
constexpr std::array runs_for{SqlTiming{constant<moment("performed_at")>,
                                        constant<"coalesce(" + moment("finished_at") + ", now())">,
                                        "j.performed_at IS NOT NULL"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "good_jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .states = states,
                                           .notes = notes,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs_for,
                                           .columns = columns}};

constexpr std::array<std::string_view, 4> tables{"good_job_executions", "good_job_batches", "good_job_processes",
                                                 "good_job_settings"};

/// docs/systems/good-job.md section 3: 4.x takes smaller numbers first, 3.x larger ones; their schemas are alike.
constexpr std::array variants{
    SqlVariant{"smaller_first", "lock_type"},
    SqlVariant{"smaller_first", "good_job_batches.jobs_finished_at"},
    SqlVariant{"larger_first", "is_discrete",
               "SELECT coalesce((SELECT bool_or(n.is_discrete) FROM (SELECT g.is_discrete FROM {good_jobs} g ORDER BY "
               "g.created_at DESC LIMIT 100) n), false)"},
    SqlVariant{"smaller_first"},
};

constexpr std::array newest{SqlOrderKey{constant<moment("created_at")>, SqlType::time, true},
                            SqlOrderKey{"j.id", SqlType::uuid}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::uuid}};

/// Names of a list in the setting `pauses`.
consteval auto paused_names(const auto& list) {
  return "SELECT x.name FROM {good_job_settings} s CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN "
         "jsonb_typeof(s.value -> '" +
         Text(list) + "') = 'array' THEN s.value -> '" + Text(list) + "' ELSE '[]' END) x(name) WHERE s.key = 'pauses'";
}
constexpr Text due = "j.finished_at IS NULL AND j.scheduled_at <= " + utc_now + " AND " + is_free;
constexpr Text class_paused = "j.job_class IN (" + paused_names("job_classes") + ")";
constexpr Text label_paused = "j.labels && ARRAY(" + paused_names("labels") + ")";
/// A queue's pause is told beside the queue.
constexpr Text taken = due + " AND (" + class_paused + ") IS NOT TRUE AND (" + label_paused + ") IS NOT TRUE";
constexpr std::array peeks{
    SqlPeek{constant<taken>, "j.priority ASC NULLS LAST, j.created_at, j.id", "@smaller_first",
            "jobs made together have one creation time, and their order among equal priorities is not defined"},
    SqlPeek{constant<taken>, "j.priority DESC NULLS LAST, j.created_at, j.id", "",
            "GoodJob 3 takes larger numbers first, unless smaller_number_is_higher_priority is set; jobs made together "
            "have no order among equal priorities"},
};

constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are due, held by the pause of their queue, where enable_pauses is on",
                   constant<due + " AND j.queue_name IN (" + paused_names("queues") + ")">},
    SqlWaitingRule{"paused-class", "they are due, held by the pause of their class, where enable_pauses is on",
                   constant<due + " AND " + class_paused>},
    SqlWaitingRule{"paused-label", "they are due, held by the pause of a label of theirs, where enable_pauses is on",
                   constant<due + " AND " + label_paused>},
    SqlWaitingRule{
        "scheduled", "their time has not come",
        constant<"j.finished_at IS NULL AND j.performed_at IS NULL AND j.error IS NULL AND j.scheduled_at > " +
                 utc_now>,
        constant<moment("scheduled_at")>},
    SqlWaitingRule{
        "back-off", "an attempt failed and the next one is not due",
        constant<"j.finished_at IS NULL AND j.performed_at IS NULL AND j.error IS NOT NULL AND j.scheduled_at "
                 "> " +
                 utc_now>,
        constant<moment("scheduled_at")>},
};

constexpr std::array pauses{SqlPause{.from = constant<"(" + paused_names("queues") + ") p">,
                                     .queue = "p.name",
                                     .since = {},
                                     .by = {},
                                     .needs = "good_job_batches.jobs_finished_at"}};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<interrupted>}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "good-job",
             .title = "GoodJob",
             .family = StorageFamily::postgresql,
             .summary = "Active Job backend of Ruby on Rails, in PostgreSQL tables",
             .versions =
                 "3.99 to 4.19; written from its documented tables, not compared with the running library by this "
                 "project's tests",
             .storage =
                 "tables good_jobs, good_job_executions, good_job_batches, good_job_processes, good_job_settings",
             .order = "in each queue: due and not held by a worker, by priority (4.x smaller numbers first, 3.x larger "
                      "ones), then creation; interrupted jobs keep their place",
             .trace = "serialized_params.__otel_headers of the newest attempt; traces of earlier attempts in "
                      "good_job_executions",
             .limits =
                 "the limit of attempts is in the application's code; a retry rewrites created_at; pauses count only "
                 "where enable_pauses is on",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id=uuid serialized_params=jsonb scheduled_at=timestamp performed_at finished_at error active_job_id=uuid "
        "created_at=timestamp executions_count job_class error_event labels=_text batch_id batch_callback_id "
        "locked_by_id "
        "good_job_executions.error_backtrace=_text good_job_batches.discarded_at good_job_processes.state=jsonb "
        "good_job_settings.value=jsonb",
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
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .pausing = &pausing,
};
static_assert(consistent(system));

}  // namespace queuetrace::good_job

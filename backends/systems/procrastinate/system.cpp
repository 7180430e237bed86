// Procrastinate (Python): jobs in `procrastinate_jobs`, their history in `procrastinate_events`, workers' heartbeats in
// `procrastinate_workers` (3.1 and later). Facts: docs/systems/procrastinate.md sections 2 to 5, 7 and 11. Everything
// is decided by what the live schema has, from 2.4 to 3.10 and half-way between; enum labels are compared as text but
// for the four that were always there (`todo`, `doing`, `succeeded`, `failed`), whose literals let partial indexes be
// used.
#include "backends/systems/procrastinate/system.hpp"

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/procrastinate/actions.hpp"
#include "backends/systems/procrastinate/conditions.hpp"
#include "backends/systems/procrastinate/diagnoses.hpp"
#include "backends/systems/procrastinate/fields.hpp"
#include "backends/systems/procrastinate/schema_level.hpp"

namespace queuetrace::procrastinate {
namespace {

constexpr std::array state_words{
    StateMapping{"todo", JobState::retrying, "it ran before"},
    StateMapping{"todo", JobState::scheduled, "its time has not come"},
    StateMapping{"todo", JobState::pending},
    StateMapping{"doing", JobState::running},
    StateMapping{"aborting", JobState::running, "2.7 to 2.15: an abort was requested"},
    StateMapping{"succeeded", JobState::cancelled, "its last event is a cancel, as releases before 2.7 record it"},
    StateMapping{"succeeded", JobState::completed},
    StateMapping{"failed", JobState::cancelled, "its last event is a cancel, as releases before 2.7 record it"},
    StateMapping{"failed", JobState::failed},
    StateMapping{"cancelled", JobState::cancelled},
    StateMapping{"aborted", JobState::cancelled},
};

/// The last things that happened to a finished job, newest first, fit `pattern` and begin with a cancel. Written as an
/// EXISTS over all cancels so that PostgreSQL may look up one job's events or hash all cancels at once, whichever is
/// cheaper for the rows at hand.
consteval auto ended_as(const auto& pattern) {
  return "j.status IN ('failed', 'succeeded') AND EXISTS (SELECT 1 FROM {procrastinate_events} v WHERE v.job_id = j.id "
         "AND v.type = 'cancelled' AND array_to_string(ARRAY(SELECT n.type::text FROM {procrastinate_events} n WHERE "
         "n.job_id = v.job_id AND n.type <> 'scheduled' ORDER BY n.id DESC LIMIT 2), ' ') ~ '" +
         Text(pattern) + "')";
}
/// The jobs for which that is so, found from the events: those whose cancel is not told by their status are few.
consteval auto listed_as(const auto& pattern) {
  return "WITH ended(id) AS MATERIALIZED (SELECT DISTINCT v.job_id FROM {procrastinate_events} v JOIN "
         "{procrastinate_jobs} j ON j.id = v.job_id WHERE v.type = 'cancelled' AND j.status IN ('failed', "
         "'succeeded')) SELECT c.id FROM ended c WHERE array_to_string(ARRAY(SELECT n.type::text FROM "
         "{procrastinate_events} n WHERE n.job_id = c.id AND n.type <> 'scheduled' ORDER BY n.id DESC LIMIT 2), ' ') ~ "
         "'" +
         Text(pattern) + "'";
}
/// The event before the cancel put the job back to waiting: see the note `retried-while-running`.
constexpr Text cancel_last = "^cancelled($| (?!deferred_for_retry))";
constexpr Text cancelled = ended_as(cancel_last);
constexpr Text listed_cancelled = listed_as(cancel_last);
constexpr Text put_back = ended_as("^cancelled deferred_for_retry$");
/// In front of both where the row's history is there anyway: few jobs have a cancel to look for.
constexpr Text any_cancel = "e.cancels > 0 AND ";

constexpr std::array states{
    SqlStateRule{JobState::retrying, "'todo'", "j.attempts > 0"},
    SqlStateRule{JobState::scheduled, "'todo'", "j.scheduled_at > now()"},
    SqlStateRule{JobState::pending, "'todo'"},
    SqlStateRule{JobState::running, "'doing', 'aborting'"},
    SqlStateRule{
        .state = JobState::cancelled, .words = "'succeeded', 'failed'", .when = cancelled, .listed = listed_cancelled},
    SqlStateRule{JobState::completed, "'succeeded'"},
    SqlStateRule{JobState::failed, "'failed'"},
    SqlStateRule{JobState::cancelled, "'cancelled', 'aborted'"},
};

constexpr std::string_view held_by_priority =
    "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock "
    "AND (o.status = 'doing' OR (o.status = 'todo' AND (o.priority > j.priority OR (o.priority = j.priority AND o.id < "
    "j.id)))))";
constexpr std::string_view held_by_id =
    "j.status = 'todo' AND j.lock IS NOT NULL AND EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock "
    "AND o.id < j.id AND o.status::text IN ('todo', 'doing', 'aborting'))";

constexpr std::array job_notes{
    SqlNoteRule{
        "stale",
        "its worker is gone or silent for over {=stalled_seconds} seconds, or shutting down while the job continues",
        stalled, heartbeats},
    SqlNoteRule{"abort-requested", "an abort was requested; it ends when the task notices",
                "j.status = 'doing' AND "
                "j.abort_requested",
                "abort_requested"},
    SqlNoteRule{"abort-requested", "an abort was requested; it ends when the task notices",
                "j.status::text = 'aborting'"},
    SqlNoteRule{"aborted", "it was aborted while it ran", "j.status::text = 'aborted'"},
    SqlNoteRule{"lock-held", "another job with its lock goes first", held_by_priority, "@lock_by_priority"},
    SqlNoteRule{"lock-held", "another job with its lock goes first", held_by_id, "!@lock_by_priority"},
    SqlNoteRule{"cancelled-as-finished",
                "it is stored as finished, but its last event is a cancel: that is how releases before 2.7 cancel",
                constant<any_cancel + cancelled>},
    SqlNoteRule{"retried-while-running",
                "its last event is a cancel after a retry: it was retried by hand while it ran, and then its first run "
                "ended this way (before 2.7 also: it was cancelled while it waited for its retry)",
                constant<any_cancel + put_back>},
    SqlNoteRule{
        "attempts-differ", "the library's own count of attempts is not the number of runs; it is under extra",
        "e.recorded > 0 AND e.runs <> j.attempts + CASE WHEN j.status::text IN ('doing', 'aborting') THEN 1 ELSE "
        "0 END AND NOT (j.status::text = 'aborted' AND e.runs = j.attempts + 1)"},
    SqlNoteRule{"no-events",
                "nothing was recorded about it: times are unknown and attempts are the library's own count",
                "e.recorded = 0"},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, correlation, Lookup::scanned},
};

/// The last run: from when it could be taken. A job that waits again has its earlier start and its new due time.
constexpr std::array waits{SqlTiming{"greatest(e.queued_at, j.scheduled_at)", "e.started_at", "j.status <> 'todo'"}};
constexpr std::array runs{
    SqlTiming{"e.started_at",
              "CASE WHEN j.status::text IN ('doing', 'aborting') THEN now() WHEN j.status <> 'todo' AND e.ended_id > "
              "e.started_id THEN e.ended_at END",
              "j.status <> 'todo'"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "procrastinate_jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.status",
                                           .states = states,
                                           .notes = job_notes,
                                           .traces = traces,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs,
                                           .joins = joins,
                                           .columns = columns}};

constexpr std::array<std::string_view, 9> tables{
    "procrastinate_events",          "procrastinate_workers",        "procrastinate_periodic_defers",
    "procrastinate_retry_job_v2()",  "procrastinate_retry_job_v1()", "procrastinate_retry_job()",
    "procrastinate_cancel_job_v1()", "procrastinate_cancel_job()",   "procrastinate_finish_job()"};

/// 3.3 changed which job of a lock goes first; the rule is in the body of the fetch function.
constexpr std::array variants{
    SqlVariant{"lock_by_priority", "priority", orders_locks_by_priority},
    SqlVariant{"lock_by_id"},
};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

constexpr Text due = "j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())";
/// docs/systems/procrastinate.md section 4. A worker asks for one job of all its queues in one order; a lock counts
/// over all queues and whether or not the job that holds it is due.
constexpr std::array peeks{
    SqlPeek{
        constant<
            due +
            " AND NOT EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock AND (o.status = 'doing' OR "
            "(o.status = 'todo' AND (o.priority > j.priority OR (o.priority = j.priority AND o.id < j.id)))))">,
        "j.priority DESC, j.id", "@lock_by_priority", "", true},
    SqlPeek{constant<due +
                     " AND NOT EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock AND o.id < j.id AND "
                     "o.status::text IN ('todo', 'doing', 'aborting'))">,
            "j.priority DESC, j.id", "priority", "", true},
    SqlPeek{constant<due +
                     " AND NOT EXISTS (SELECT 1 FROM {procrastinate_jobs} o WHERE o.lock = j.lock AND o.id < j.id AND "
                     "o.status::text IN ('todo', 'doing', 'aborting'))">,
            "j.id", "", "", true},
};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come", "j.status = 'todo' AND j.scheduled_at > now()",
                   "j.scheduled_at"},
    SqlWaitingRule{"blocked", "another job with their lock goes first, in whatever queue and whether it is due or not",
                   held_by_priority, "", "@lock_by_priority",
                   "(SELECT o.id FROM {procrastinate_jobs} o WHERE o.lock = j.lock AND o.id <> j.id AND (o.status = "
                   "'doing' OR (o.status = 'todo' AND (o.priority, -o.id) > (j.priority, -j.id))) ORDER BY (o.status = "
                   "'doing') DESC, o.priority DESC, o.id LIMIT 1)"},
    SqlWaitingRule{"blocked",
                   "an earlier job with their lock goes first, in whatever queue and whether it is due or not",
                   held_by_id, "", "!@lock_by_priority",
                   "(SELECT min(o.id) FROM {procrastinate_jobs} o WHERE o.lock = j.lock AND o.id < j.id AND "
                   "o.status::text IN ('todo', 'doing', 'aborting'))"},
    SqlWaitingRule{"abort-requested", "they run and were asked to abort; they keep their lock until they end",
                   "j.status = 'doing' AND j.abort_requested", "", "abort_requested"},
    SqlWaitingRule{"aborting", "they run and were asked to abort (2.7 to 2.15); they keep their lock until they end",
                   "j.status::text = 'aborting'"},
};

/// A threshold above the longest shutdown of the workers tells stalled from stopping.
constexpr std::array settings{SqlSetting{"stalled_seconds", 30, 1, 31'536'000}};

constexpr std::array stale{SqlNoteRule{"stale", "", stalled, heartbeats}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "procrastinate",
             .title = "Procrastinate",
             .family = StorageFamily::postgresql,
             .summary = "job queue of the Python package procrastinate, in PostgreSQL tables",
             .versions = "2.4 to 3.10 (schemas of 2.4, 2.5, 2.6, 2.7, 2.9, 2.15, 3.0, 3.1, 3.2, 3.3 and 3.4)",
             .storage = "tables procrastinate_jobs, procrastinate_events, procrastinate_workers, "
                        "procrastinate_periodic_defers",
             .order = "over all queues a worker listens to: due jobs no other job of their lock holds back, highest "
                      "priority first (2.5), then the lowest id",
             .trace = "inside the arguments (args), under keys of the application's choice: trace_context.traceparent, "
                      "traceparent and others are found by looking; option trace_paths names them",
             .limits = "errors and results are not recorded (worker log only), nor max attempts, parents and worker "
                       "names; times come from the events table; before 3.1 there are no heartbeats",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id queue_name task_name lock args=jsonb status scheduled_at attempts procrastinate_events.job_id "
        "procrastinate_events.type procrastinate_events.at",
    .relations = relations,
    .settings = settings,
    .tables = tables,
    .variants = variants,
    .id_type = SqlType::integer,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .peek_together = "*",
    .waiting = waiting,
    .stale = stale,
    .version = version,
    .activity = &activity,
    .recent = "j.id",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .bare_names = true,
};
static_assert(consistent(system));

}  // namespace queuetrace::procrastinate

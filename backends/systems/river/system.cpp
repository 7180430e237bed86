// River, the job queue for Go, in PostgreSQL. Facts: docs/systems/river.md.
//  - Columns decide what a schema version can do (needs); the ledger's number is only shown, so newer versions are
//  read.
//  - Times are the server's: clients compare `scheduled_at` with its clock.
//  - Setting of a source: `rescue_after_seconds`, Config.RescueStuckJobsAfter of the clients (1 hour).
#include "backends/systems/river/system.hpp"

#include <array>

#include "backends/systems/river/actions.hpp"
#include "backends/systems/river/diagnoses.hpp"
#include "backends/systems/river/fields.hpp"
#include "backends/systems/river/states.hpp"

namespace queuetrace::river {
namespace {

constexpr std::array notes{
    SqlNoteRule{"stale", runs_long, stuck},
    SqlNoteRule{"cancel-requested", cancel_requested, "j.state = 'running' AND j.metadata ? 'cancel_attempted_at'"},
    SqlNoteRule{"snoozed", snoozed, "j.state IN ('scheduled', 'available') AND j.metadata ? 'snoozes'"},
    SqlNoteRule{"rescued", rescued, "j.metadata ? 'river:rescue_count'"},
    SqlNoteRule{"not-promoted", overdue, not_promoted},
    SqlNoteRule{"trace-of-insert", trace_of_insert, "j.metadata ? 'traceparent' AND j.attempted_at IS NOT NULL"},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, correlation, Lookup::scanned},
};

/// A retry sets scheduled_at anew, so it is when the last attempt could begin. A cancel that a client asked for ends a
/// job at another time than its attempt.
constexpr std::string_view ran =
    "(j.state IN ('running', 'completed', 'discarded') OR (j.state = 'cancelled' AND NOT j.metadata ? "
    "'cancel_attempted_at'))";
constexpr std::array waits{SqlTiming{"j.scheduled_at", "j.attempted_at", ran}};
constexpr std::array runs{
    SqlTiming{"j.attempted_at", "CASE WHEN j.state = 'running' THEN now() ELSE j.finalized_at END", ran}};

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

/// docs/systems/river.md section 4.
constexpr std::array peeks{
    SqlPeek{"j.state = 'available' AND j.scheduled_at <= now()", "j.priority, j.scheduled_at, j.id"}};

constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are due, held by the pause of their queue",
                   "j.state = 'available' AND j.scheduled_at <= now() AND EXISTS (SELECT 1 FROM {river_queue} p WHERE "
                   "p.name = j.queue AND p.paused_at IS NOT NULL)",
                   "", "river_queue.paused_at"},
    SqlWaitingRule{"scheduled", "their time has not come", "j.state = 'scheduled' AND j.scheduled_at > now()",
                   "j.scheduled_at"},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   "j.state = 'retryable' AND j.scheduled_at > now()", "j.scheduled_at"},
    SqlWaitingRule{"due-soon", "they are due; the elected client makes them available, every 5 seconds",
                   "j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= now()", "j.scheduled_at"},
    SqlWaitingRule{"held", "an extension of River holds them until what they wait for is done", "j.state = 'pending'",
                   "", "river_job#state.pending"},
    SqlWaitingRule{"not-due", "they are available, but their time has not come",
                   "j.state = 'available' AND j.scheduled_at > now()", "j.scheduled_at"},
};

constexpr std::array pauses{
    SqlPause{.from = "(SELECT q.name, q.paused_at FROM {river_queue} q WHERE q.paused_at IS NOT NULL) p",
             .queue = "p.name",
             .since = "p.paused_at",
             .by = {},
             .needs = "river_queue.paused_at"}};

constexpr std::array stale{SqlNoteRule{"stale", "", stuck}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "river",
             .title = "River",
             .family = StorageFamily::postgresql,
             .summary = summary,
             .versions = schema_versions,
             .storage = "tables river_job, river_queue, river_leader, river_migration",
             .order = taking_order,
             .trace = trace_places,
             .limits = limits,
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe =
        "id=int8 state=river_job_state attempt max_attempts attempted_by=_text errors=_jsonb args=jsonb "
        "metadata=jsonb kind queue",
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
    .version =
        "SELECT 'schema version ' || max(m.version) FROM {river_migration} m WHERE coalesce(to_jsonb(m) ->> "
        "'line', 'main') = 'main'",
    .version_needs = "river_migration.version",
    .recent = "j.id",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
    .pausing = &pausing,
};
static_assert(consistent(system));

}  // namespace queuetrace::river

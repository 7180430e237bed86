// River, the job queue for Go, in PostgreSQL and in SQLite files. Facts: docs/systems/river.md.
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

template <typename Database>
constexpr std::array notes{
    SqlNoteRule{"stale", runs_long, constant<stuck<Database>>},
    SqlNoteRule{"cancel-requested", cancel_requested,
                constant<"j.state = 'running' AND " + Database::has("cancel_attempted_at")>},
    SqlNoteRule{"snoozed", snoozed, constant<"j.state IN ('scheduled', 'available') AND " + Database::has("snoozes")>},
    SqlNoteRule{"rescued", rescued, constant<Database::has("river:rescue_count")>},
    SqlNoteRule{"not-promoted", overdue, constant<not_promoted<Database>>},
    SqlNoteRule{"trace-of-insert", trace_of_insert,
                constant<"j.attempted_at IS NOT NULL AND " + Database::has("traceparent")>},
};

template <typename Database>
constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, constant<Database::correlation>, Lookup::scanned},
};

/// A retry sets scheduled_at anew, so it is when the last attempt could begin. A cancel that a client asked for ends a
/// job at another time than its attempt.
template <typename Database>
constexpr Text ran = "(j.state IN ('running', 'completed', 'discarded') OR (j.state = 'cancelled' AND NOT " +
                     Database::has("cancel_attempted_at") + "))";
template <typename Database>
constexpr std::array waits{SqlTiming{constant<Database::moment("j.scheduled_at")>,
                                     constant<Database::moment("j.attempted_at")>, constant<ran<Database>>}};
template <typename Database>
constexpr std::array runs{SqlTiming{constant<Database::moment("j.attempted_at")>,
                                    constant<"CASE WHEN j.state = 'running' THEN " + Database::clock + " ELSE " +
                                             Database::moment("j.finalized_at") + " END">,
                                    constant<ran<Database>>}};

template <typename Database>
constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "river_job",
                                           .fields = fields<Database>,
                                           .extras = extras<Database>,
                                           .state = "j.state",
                                           .states = states,
                                           .notes = notes<Database>,
                                           .traces = traces<Database>,
                                           .carriers = carriers<Database>,
                                           .wait = waits<Database>,
                                           .run = runs<Database>,
                                           .columns = columns}};

constexpr std::array<std::string_view, 3> tables{"river_queue", "river_leader", "river_migration"};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// docs/systems/river.md sections 4 and 10: in a file, times are ordered as the texts they are.
template <typename Database>
constexpr std::array peeks{SqlPeek{constant<is_due<Database>>, "j.priority, j.scheduled_at, j.id"}};

template <typename Database>
constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are due, held by the pause of their queue",
                   constant<is_due<Database> + " AND " + of_paused_queue>, "", "river_queue.paused_at"},
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'scheduled' AND j.scheduled_at > " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'retryable' AND j.scheduled_at > " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; the elected client makes them available, every 5 seconds",
                   constant<"j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"held", "an extension of River holds them until what they wait for is done", "j.state = 'pending'",
                   "", Database::pending_needs},
    SqlWaitingRule{"not-due", "they are available, but their time has not come",
                   constant<"j.state = 'available' AND j.scheduled_at > " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
};

template <typename Database>
constexpr std::array pauses{
    SqlPause{.from = "(SELECT q.name, q.paused_at FROM {river_queue} q WHERE q.paused_at IS NOT NULL) p",
             .queue = "p.name",
             .since = constant<Database::moment("p.paused_at")>,
             .by = {},
             .needs = "river_queue.paused_at"}};

template <typename Database>
constexpr std::array stale{SqlNoteRule{"stale", "", constant<stuck<Database>>}};

constexpr std::string_view unchanged = "River's files in SQLite are read only here";
constexpr std::array refusals_in_files{
    SqlRefusalRule{ActionKind::retry, unchanged, "JobRetry in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "JobCancel in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "JobDelete in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "JobUpdate in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "QueuePause and QueueResume in the application"},
};

template <typename Database>
constexpr SqlSystem described(StorageFamily family) {
  SqlSystem system;
  system.info = {.name = "river",
                 .title = "River",
                 .family = family,
                 .summary = summary,
                 .versions = schema_versions,
                 .storage = "tables river_job, river_queue, river_leader, river_migration",
                 .order = taking_order,
                 .trace = trace_places,
                 .limits = limits,
                 .states = state_words};
  system.relations = relations<Database>;
  system.settings = settings;
  system.tables = tables;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  system.peek = peeks<Database>;
  system.waiting = waiting<Database>;
  system.pauses = pauses<Database>;
  system.stale = stale<Database>;
  system.recent = "j.id";
  system.diagnoses = diagnoses<Database>;
  return system;
}

constexpr SqlSystem in_postgresql() {
  SqlSystem system = described<Postgresql>(StorageFamily::postgresql);
  system.flavour = SqlFlavour::postgresql;
  system.probe =
      "id=int8 state=river_job_state attempt max_attempts attempted_by=_text errors=_jsonb args=jsonb metadata=jsonb "
      "kind queue";
  system.version =
      "SELECT 'schema version ' || max(m.version) FROM {river_migration} m WHERE coalesce(to_jsonb(m) ->> 'line', "
      "'main') = 'main'";
  system.version_needs = "river_migration.version";
  system.actions = actions;
  system.refusals = refusals;
  system.backup = backup;
  system.pausing = &pausing;
  return system;
}

constexpr SqlSystem in_sqlite() {
  SqlSystem system = described<Sqlite>(StorageFamily::sqlite);
  system.flavour = SqlFlavour::sqlite;
  system.probe = "id state attempt max_attempts attempted_at attempted_by errors args metadata kind queue finalized_at";
  system.version = "SELECT 'schema version ' || max(m.version) FROM {river_migration} m WHERE m.line = 'main'";
  system.version_needs = "river_migration.version river_migration.line";
  system.refusals = refusals_in_files;
  return system;
}

}  // namespace

constexpr SqlSystem system = in_postgresql();
constexpr SqlSystem sqlite_system = in_sqlite();
static_assert(consistent(system) && consistent(sqlite_system));

}  // namespace queuetrace::river

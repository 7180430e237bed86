// Solid Queue, the Active Job backend of Rails 8, in PostgreSQL and in SQLite files. Facts:
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

template <typename Database>
constexpr std::array notes{
    SqlNoteRule{"abandoned", "its process is gone or silent for over five minutes", constant<abandoned<Database>>},
    SqlNoteRule{"not-dispatched", "it is due for over a minute, and no dispatcher made it ready",
                constant<not_dispatched<Database>>},
    SqlNoteRule{"no-execution", "no table of executions names it: it was made or changed half", constant<no_execution>},
    SqlNoteRule{"retried-as-another",
                "its attempt failed: a later attempt is a row of its own with the same Active Job id",
                constant<finished + " AND EXISTS (SELECT 1 FROM {solid_queue_jobs} o WHERE o.active_job_id = "
                                    "j.active_job_id AND o.id > j.id)">},
};

template <typename Database>
constexpr std::array traces{
    SqlTraceRule{.kind = SqlTraceRule::Kind::correlation, .expression = "j.active_job_id"},
    SqlTraceRule{.kind = SqlTraceRule::Kind::parent,
                 .expression = constant<attempt_before<Database>>,
                 .lookup = Lookup::scanned},
};

template <typename Database>
constexpr std::array waits{
    SqlTiming{constant<Database::moment("j.scheduled_at")>, constant<Database::moment(claimed_at)>, constant<claimed>}};
template <typename Database>
constexpr std::array runs_for{
    SqlTiming{constant<Database::moment(claimed_at)>, constant<Database::clock>, constant<claimed>}};

constexpr std::array joins{SqlJoin{"r", "LEFT JOIN {solid_queue_ready_executions} r ON r.job_id = j.id"}};

template <typename Database>
constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "solid_queue_jobs",
                                           .fields = fields<Database>,
                                           .extras = extras<Database>,
                                           .states = states<Database>,
                                           .notes = notes<Database>,
                                           .traces = traces<Database>,
                                           .carriers = carriers,
                                           .wait = waits<Database>,
                                           .run = runs_for<Database>,
                                           .joins = joins,
                                           .columns = columns}};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// While any queue is paused, workers that take from every queue go through them by name.
constexpr std::array peeks{
    SqlPeek{"r.job_id IS NOT NULL AND r.queue_name NOT IN (SELECT p.queue_name FROM {solid_queue_pauses} p)",
            "CASE WHEN EXISTS (SELECT 1 FROM {solid_queue_pauses}) THEN r.queue_name END, r.priority, r.job_id",
            "solid_queue_pauses.queue_name"},
    SqlPeek{"r.job_id IS NOT NULL", "r.priority, r.job_id"},
};

template <typename Database>
constexpr std::array waiting{
    SqlWaitingRule{"paused", "they are ready, held by the pause of their queue",
                   constant<ready + " AND EXISTS (SELECT 1 FROM {solid_queue_pauses} p WHERE p.queue_name = "
                                    "j.queue_name)">,
                   "", "solid_queue_pauses.queue_name"},
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = j.id AND "
                            "s.scheduled_at > " +
                            Database::before("0 seconds") + ")">,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; a dispatcher makes them ready, every second",
                   constant<"EXISTS (SELECT 1 FROM {solid_queue_scheduled_executions} s WHERE s.job_id = j.id AND "
                            "s.scheduled_at <= " +
                            Database::before("0 seconds") + ")">,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"blocked", "others of their concurrency key run or go first", constant<blocked>},
};

template <typename Database>
constexpr std::array pauses{SqlPause{.from = "{solid_queue_pauses} p",
                                     .queue = "p.queue_name",
                                     .since = constant<Database::moment("p.created_at")>,
                                     .by = {},
                                     .needs = "solid_queue_pauses.created_at"}};

template <typename Database>
constexpr std::array stale{SqlNoteRule{"stale", "", constant<abandoned<Database>>}};

constexpr std::string_view unchanged = "Solid Queue's files in SQLite are read only here";
constexpr std::array refusals_in_files{
    SqlRefusalRule{ActionKind::retry, unchanged, "SolidQueue::FailedExecution#retry in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "SolidQueue::Job#discard in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "SolidQueue::Job#discard in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "enqueue it anew in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "SolidQueue::Queue#pause and #resume in the application"},
};

constexpr SystemInfo info_of(StorageFamily family) {
  return {
      .name = "solid-queue",
      .title = "Solid Queue",
      .family = family,
      .summary = "Active Job backend of Rails 8, in PostgreSQL tables or, read only, an SQLite file",
      .versions =
          "1.0 to 1.5; written from its documented tables, not compared with the running library by this project's "
          "tests",
      .storage = "tables solid_queue_jobs and its five tables of executions, solid_queue_processes, solid_queue_pauses",
      .order =
          "ready, lowest priority number first, then the id: over all queues for workers that take from every "
          "one (*), by queue name while any queue is paused; else in each queue of a worker's list",
      .trace =
          "arguments.__otel_headers; by default each retry is a row with a trace of its own, linked to the one "
          "before",
      .limits =
          "the limit of attempts and concurrency limits are in the application's code; when a finished job "
          "started is not recorded",
      .states = state_words};
}

template <typename Database>
constexpr SqlSystem described() {
  SqlSystem system;
  system.relations = relations<Database>;
  system.tables = tables;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  system.peek = peeks;
  system.peek_together = "*";
  system.waiting = waiting<Database>;
  system.pauses = pauses<Database>;
  system.stale = stale<Database>;
  system.statistics_note = "when finished jobs began is not recorded, so their waits and runs are unknown";
  system.recent = "j.id";
  system.diagnoses = diagnoses<Database>;
  return system;
}

constexpr SqlSystem in_postgresql() {
  SqlSystem system = described<Postgresql>();
  system.info = info_of(StorageFamily::postgresql);
  system.probe =
      "id=int8 queue_name class_name arguments=text active_job_id scheduled_at=timestamp finished_at "
      "created_at=timestamp solid_queue_ready_executions.job_id solid_queue_claimed_executions.job_id "
      "solid_queue_failed_executions.job_id solid_queue_scheduled_executions.job_id "
      "solid_queue_blocked_executions.job_id solid_queue_processes.last_heartbeat_at";
  system.actions = actions;
  system.refusals = refusals;
  system.backup = backup;
  system.pausing = &pausing;
  return system;
}

constexpr SqlSystem in_sqlite() {
  SqlSystem system = described<Sqlite>();
  system.flavour = SqlFlavour::sqlite;
  system.info = info_of(StorageFamily::sqlite);
  system.probe =
      "id queue_name class_name arguments active_job_id scheduled_at finished_at created_at "
      "solid_queue_ready_executions.job_id solid_queue_claimed_executions.job_id solid_queue_failed_executions.job_id "
      "solid_queue_scheduled_executions.job_id solid_queue_blocked_executions.job_id "
      "solid_queue_processes.last_heartbeat_at";
  system.refusals = refusals_in_files;
  return system;
}

}  // namespace

constexpr SqlSystem system = in_postgresql();
constexpr SqlSystem sqlite_system = in_sqlite();
static_assert(consistent(system) && consistent(sqlite_system));

}  // namespace queuetrace::solid_queue

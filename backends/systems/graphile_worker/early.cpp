// Graphile Worker before 0.16, in PostgreSQL: tables without the word private, and before 0.14 one table that names
// tasks and queues itself. Facts: docs/systems/graphile-worker.md.
#include <array>

#include "backends/systems/graphile_worker/actions.hpp"
#include "backends/systems/graphile_worker/diagnoses.hpp"
#include "backends/systems/graphile_worker/fields.hpp"
#include "backends/systems/graphile_worker/system.hpp"

namespace queuetrace::graphile_worker {
namespace {

/// 0.14 and 0.15.
constexpr std::string_view by_number = "task_id tasks.identifier job_queues.id";

constexpr std::array joins{SqlJoin{"t", "LEFT JOIN {tasks} t ON t.id = j.task_id", by_number},
                           SqlJoin{"q", "LEFT JOIN {job_queues} q ON q.id = j.job_queue_id", by_number}};

constexpr Text blocked = behind_queue("{job_queues}", "o.id = j.job_queue_id");
constexpr Text blocked_by_name = behind_queue("{job_queues}", "o.queue_name = j.queue_name");

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "coalesce(q.queue_name, '(none)')", by_number},
    SqlFieldRule{SqlField::queue, "coalesce(j.queue_name, '(none)')"},
    SqlFieldRule{SqlField::kind, "t.identifier", by_number},
    SqlFieldRule{SqlField::kind, "j.task_identifier", "task_identifier"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempts"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, "j.created_at"},
    SqlFieldRule{SqlField::scheduled_at, "j.run_at"},
    SqlFieldRule{SqlField::started_at, "j.locked_at"},
    SqlFieldRule{SqlField::finished_at, constant<"CASE WHEN " + failed + " THEN j.updated_at END">},
    SqlFieldRule{SqlField::worker, "j.locked_by"},
    SqlFieldRule{SqlField::error, "j.last_error"},
    SqlFieldRule{SqlField::payload, "j.payload::text"},
    SqlFieldRule{SqlField::payload_size, "octet_length(j.payload::text)"},
    SqlFieldRule{SqlField::payload_document, payload_document},
    SqlFieldRule{SqlField::correlation_id, "j.key"},
};

using ExtraForm = SqlExtra::Form;

constexpr std::array extras{
    SqlExtra{"key", "j.key"},
    SqlExtra{"flags", "j.flags", ExtraForm::json},
    SqlExtra{"revision", "nullif(j.revision, 0)", ExtraForm::integer},
};

constexpr std::string_view columns =
    "id job_queue_id task_id queue_name task_identifier payload priority run_at attempts max_attempts last_error "
    "created_at updated_at key locked_at locked_by revision flags is_available";

constexpr std::array states{
    is_running,
    has_failed,
    SqlStateRule{.state = JobState::blocked, .when = constant<blocked>, .needs = by_number, .native = "queue locked"},
    SqlStateRule{
        .state = JobState::blocked, .when = constant<blocked_by_name>, .needs = "queue_name", .native = "queue locked"},
    retries,
    is_later,
    is_ready,
};

constexpr std::array traces{SqlTraceRule{SqlTraceRule::Kind::correlation, "j.key"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .states = states,
                                           .notes = notes,
                                           .traces = traces,
                                           .carriers = carriers,
                                           .wait = waiting_times,
                                           .run = running_times,
                                           .joins = joins,
                                           .columns = columns}};

constexpr std::array<std::string_view, 7> tables{
    "job_queues", "tasks", "known_crontabs", "migrations", "_private_jobs", "reschedule_jobs()", "complete_jobs()"};

constexpr Text due = waits + " AND j.run_at <= now()";
constexpr std::array peeks{
    SqlPeek{constant<due + " AND NOT " + blocked>, "j.priority, j.run_at, j.id", by_number, order_note, true},
    SqlPeek{constant<due + " AND NOT " + blocked_by_name>, "j.priority, j.run_at, j.id", "", order_note, true},
};

constexpr std::array waiting{
    SqlWaitingRule{"queue-locked", "another job of their named queue runs", constant<due + " AND " + blocked>, "",
                   by_number},
    SqlWaitingRule{"queue-locked", "another job of their named queue runs", constant<due + " AND " + blocked_by_name>,
                   "", "queue_name"},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<waits + " AND j.run_at > now() AND j.attempts > 0 AND j.last_error IS NOT NULL">,
                   "j.run_at"},
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<waits + " AND j.run_at > now() AND (j.attempts = 0 OR j.last_error IS NULL)">, "j.run_at"},
};

constexpr std::array retry{
    SqlActionStatement{constant<unlock("{jobs}")>, "", true},
    SqlActionStatement{constant<one_more("{jobs}")>, "", true},
    SqlActionStatement{reschedule},
};
constexpr std::array actions = actions_of(retry);

constexpr std::array backup{SqlBackupTable{.table = "jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"}};

constexpr std::array diagnoses{locked_too_long, not_taken, failed_for_good};

/// `probe`: what tells one form of the tables from the other. Where a table of it may not be read that is said.
constexpr SqlSystem early(std::string_view probe) {
  return {
      .info = info,
      .flavour = SqlFlavour::postgresql,
      .probe = probe,
      .relations = relations,
      .tables = tables,
      .id_type = SqlType::integer,
      .id_expression = "j.id",
      .newest = newest,
      .storage = storage,
      .peek = peeks,
      .peek_note = order_note,
      .peek_together = "*",
      .waiting = waiting,
      .stale = stale,
      .statistics_note = statistics_note,
      .version = "SELECT 'migration ' || max(m.id) FROM {migrations} m",
      .version_needs = "migrations.id",
      .recent = "j.id",
      .diagnoses = diagnoses,
      .actions = actions,
      .refusals = refusals,
      .backup = backup,
  };
}

constexpr Text early_tables =
    "id payload=json run_at attempts max_attempts locked_at revision job_queues.queue_name !_private_jobs.";

}  // namespace

constexpr SqlSystem early_system = early(constant<early_tables + " task_identifier queue_name">);
static_assert(consistent(early_system));
constexpr SqlSystem numbered_early_system = early(constant<early_tables + " task_id tasks.identifier">);
static_assert(consistent(numbered_early_system));

}  // namespace queuetrace::graphile_worker

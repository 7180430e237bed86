// What can be done to Hammerwork's jobs and queues, and which statements do it in which dialect
// (docs/systems/hammerwork.md section 5.3). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"
#include "backends/systems/hammerwork/skips.hpp"

namespace queuetrace {

inline constexpr std::array hammerwork_retry_statements{
    SqlActionStatement{QUEUETRACE_RETRY("'\"Pending\"'"), "@dialect_A"},
    SqlActionStatement{QUEUETRACE_RETRY("'Pending'"), "!@dialect_A"},
    SqlActionStatement{QUEUETRACE_RECOMPUTE(QUEUETRACE_PARENTS_ARRAY("j"), QUEUETRACE_NOT_ARCHIVED),
                       "depends_on=_uuid hammerwork_jobs_archive."},
    SqlActionStatement{QUEUETRACE_RECOMPUTE(QUEUETRACE_PARENTS_ARRAY("j"), ""),
                       "depends_on=_uuid !hammerwork_jobs_archive."},
    SqlActionStatement{QUEUETRACE_RECOMPUTE(QUEUETRACE_PARENTS_JSON("j"), QUEUETRACE_NOT_ARCHIVED),
                       "depends_on=jsonb hammerwork_jobs_archive."},
    SqlActionStatement{QUEUETRACE_RECOMPUTE(QUEUETRACE_PARENTS_JSON("j"), ""),
                       "depends_on=jsonb !hammerwork_jobs_archive."},
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET archived_at = NULL, archival_reason = NULL, "
                       "archival_policy_applied = NULL WHERE j.id = ANY({:ids}) AND j.archived_at IS NOT NULL",
                       "archived_at archival_reason archival_policy_applied"},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} a WHERE a.id = ANY({:ids})", "hammerwork_jobs_archive."},
    SqlActionStatement{hammerwork_clear_lease, "lease_expires_at last_heartbeat_at"},
    SqlActionStatement{hammerwork_lock_workflows, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{hammerwork_count_workflows,
                       "@dialect_C hammerwork_workflows. hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{hammerwork_count_workflows_live,
                       "@dialect_C hammerwork_workflows. !hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{hammerwork_lock_batches, "@dialect_C hammerwork_batches."},
    SqlActionStatement{hammerwork_count_batches, "@dialect_C hammerwork_batches. hammerwork_jobs_archive.batch_id"},
    SqlActionStatement{hammerwork_count_batches_live,
                       "@dialect_C hammerwork_batches. !hammerwork_jobs_archive.batch_id"},
};

inline constexpr std::array hammerwork_cancel_statements{
    SqlActionStatement{QUEUETRACE_CANCEL("'\"Failed\"'"), "@dialect_A"},
    SqlActionStatement{QUEUETRACE_CANCEL("'Failed'"), "!@dialect_A"},
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET dependency_status = 'failed' WHERE j.id = ANY({:ids}) AND "
                       "j.dependency_status = 'waiting'",
                       "dependency_status"},
    SqlActionStatement{hammerwork_clear_lease, "lease_expires_at last_heartbeat_at"},
    SqlActionStatement{hammerwork_lock_workflows, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{hammerwork_fail_workflow, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{hammerwork_fail_dependents_unless_manual,
                       "depends_on=_uuid hammerwork_workflows. " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_unless_manual_read,
                       "depends_on=_uuid hammerwork_workflows. !" QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents, "depends_on=_uuid !hammerwork_workflows. " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_read,
                       "depends_on=_uuid !hammerwork_workflows. !" QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_quoted, "@dialect_A depends_on=jsonb " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_quoted_read, "@dialect_A depends_on=jsonb !" QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_json, "@dialect_B_jsonb depends_on=jsonb " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_fail_dependents_json_read,
                       "@dialect_B_jsonb depends_on=jsonb !" QUEUETRACE_HAS_INDEX},
    SqlActionStatement{hammerwork_lock_batches, "@dialect_C hammerwork_batches."},
    SqlActionStatement{hammerwork_fail_batch, "@dialect_C hammerwork_batches."},
    SqlActionStatement{hammerwork_count_workflows,
                       "@dialect_C hammerwork_workflows. hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{hammerwork_count_workflows_live,
                       "@dialect_C hammerwork_workflows. !hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{hammerwork_count_batches, "@dialect_C hammerwork_batches. hammerwork_jobs_archive.batch_id"},
    SqlActionStatement{hammerwork_count_batches_live,
                       "@dialect_C hammerwork_batches. !hammerwork_jobs_archive.batch_id"},
};

inline constexpr std::array hammerwork_erase_statements{
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs}",
                                               QUEUETRACE_NONE_ARCHIVED("workflow_id")),
                       "hammerwork_workflows. workflow_id hammerwork_jobs_archive.workflow_id", true},
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs}", ""),
                       "hammerwork_workflows. workflow_id !hammerwork_jobs_archive.workflow_id", true},
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_batches}", "batch_id", "{hammerwork_jobs}",
                                               QUEUETRACE_NONE_ARCHIVED("batch_id")),
                       "hammerwork_batches. batch_id hammerwork_jobs_archive.batch_id", true},
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_batches}", "batch_id", "{hammerwork_jobs}", ""),
                       "hammerwork_batches. batch_id !hammerwork_jobs_archive.batch_id", true},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs} j WHERE j.id = ANY({:ids}) RETURNING j.id"},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} a WHERE a.id = ANY({:ids})", "hammerwork_jobs_archive."},
};
inline constexpr std::array hammerwork_archive_erase_statements{
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs_archive}",
                                               QUEUETRACE_NONE_ARCHIVED("workflow_id")),
                       "hammerwork_workflows. workflow_id hammerwork_jobs.workflow_id", true},
    SqlActionStatement{QUEUETRACE_DELETE_EMPTY("{hammerwork_batches}", "batch_id", "{hammerwork_jobs_archive}",
                                               QUEUETRACE_NONE_ARCHIVED("batch_id")),
                       "hammerwork_batches. batch_id hammerwork_jobs.batch_id", true},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} j WHERE j.id = ANY({:ids}) RETURNING j.id"},
};

inline constexpr std::array hammerwork_move_statements{
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET queue_name = {:queue} WHERE j.id = ANY({:ids}) RETURNING j.id"}};

// ---- what is offered

inline constexpr std::string_view hammerwork_retry_effect =
    "pending again and due now, its attempts counted from 0 unless they are kept; its last error stays";
inline constexpr std::string_view hammerwork_cancel_effect =
    "failed with a message, and with it the jobs that wait for it unless they are kept";
inline constexpr std::string_view hammerwork_erase_effect =
    "deleted, with its copy in the archive and with its batch or workflow where that has no other job";
inline constexpr std::string_view hammerwork_others_fail = "other jobs that fail with it: {}";

/// Whatever fails with `j`: its dependents, and in a database of 2.x the rest of a fail-fast workflow or batch.
inline constexpr std::string_view hammerwork_count_dependents =
    "(SELECT cardinality(d.ids) FROM dependents d WHERE d.id = j.id)";
inline constexpr std::string_view hammerwork_count_failing =
    "CASE WHEN {:keep_dependents} THEN 0 ELSE (SELECT count(*) FROM (SELECT unnest(d.ids) FROM dependents d WHERE d.id "
    "= "
    "j.id AND NOT EXISTS (SELECT 1 FROM {hammerwork_workflows} w WHERE w.id = j.workflow_id AND w.failure_policy = "
    "'manual') UNION SELECT o.id FROM {hammerwork_jobs} o JOIN {hammerwork_workflows} w ON w.id = o.workflow_id WHERE "
    "o.workflow_id = j.workflow_id AND w.failure_policy = 'fail_fast' AND o.status IN ('Pending', 'Retrying') AND o.id "
    "<> j.id UNION SELECT o.id FROM {hammerwork_jobs} o JOIN {hammerwork_batches} b ON b.id = o.batch_id WHERE "
    "o.batch_id = j.batch_id AND btrim(b.failure_mode, '\"') = 'FailFast' AND o.status IN ('Pending', 'Retrying') AND "
    "o.id <> j.id) others) END";

#define QUEUETRACE_CANCEL_RULE(beside_count, schema)                                                    \
  SqlActionRule {                                                                                       \
    .action = ActionKind::cancel, .effect = hammerwork_cancel_effect, .skips = hammerwork_cancel_skips, \
    .with = hammerwork_dependents, .statements = hammerwork_cancel_statements, .beside = beside_count,  \
    .beside_text = hammerwork_others_fail, .needs = schema                                              \
  }

inline constexpr std::array hammerwork_actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = hammerwork_retry_effect,
                  .skips = hammerwork_retry_skips,
                  .statements = hammerwork_retry_statements,
                  .needs = "!@dialect_AB recurring next_run_at timed_out_at"},
    SqlActionRule{.action = ActionKind::retry,
                  .effect = hammerwork_retry_effect,
                  .skips = hammerwork_archived_retry,
                  .relation = "archive"},
    QUEUETRACE_CANCEL_RULE(hammerwork_count_failing,
                           "@dialect_C depends_on=_uuid hammerwork_workflows. hammerwork_batches."),
    QUEUETRACE_CANCEL_RULE(hammerwork_count_dependents, "depends_on=_uuid"),
    QUEUETRACE_CANCEL_RULE(hammerwork_count_dependents, "@dialect_B_jsonb depends_on=jsonb"),
    QUEUETRACE_CANCEL_RULE(hammerwork_count_dependents, "@dialect_A depends_on=jsonb"),
    QUEUETRACE_CANCEL_RULE("", "!@dialect_AB !depends_on failed_at error_message"),
    SqlActionRule{.action = ActionKind::cancel,
                  .effect = hammerwork_cancel_effect,
                  .skips = hammerwork_archived_skip,
                  .relation = "archive"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = hammerwork_erase_effect,
                  .skips = hammerwork_erase_skips,
                  .with = hammerwork_awaited,
                  .statements = hammerwork_erase_statements},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = hammerwork_erase_effect,
                  .skips = hammerwork_archive_erase_skips,
                  .with = hammerwork_awaited,
                  .statements = hammerwork_archive_erase_statements,
                  .relation = "archive"},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "waits in the other queue, with the time and priority it has",
                  .skips = hammerwork_move_skips,
                  .statements = hammerwork_move_statements,
                  .warning = "each queue has one handler: that of the other queue gets these jobs"},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "waits in the other queue",
                  .skips = hammerwork_archived_skip,
                  .relation = "archive"},
};

inline constexpr std::string_view hammerwork_both_spellings =
    "the table holds states with quotes and without, so it is unclear which of them its workers look for";
inline constexpr std::string_view hammerwork_run_migrations =
    "cargo hammerwork migration run of release 2.0 or later makes it clear";
inline constexpr std::string_view hammerwork_too_old = "the tables are older than release 0.8";

inline constexpr std::array hammerwork_refusals{
    SqlRefusalRule{ActionKind::retry, hammerwork_both_spellings, hammerwork_run_migrations, "@dialect_AB"},
    SqlRefusalRule{ActionKind::cancel, hammerwork_both_spellings, hammerwork_run_migrations, "@dialect_AB"},
    SqlRefusalRule{ActionKind::retry, hammerwork_too_old, "cargo hammerwork migration run"},
    SqlRefusalRule{ActionKind::cancel, hammerwork_too_old, "cargo hammerwork migration run"},
    SqlRefusalRule{std::nullopt, "hammerwork_queue_pause is missing (schema before 014), and no worker asks for it",
                   "cargo hammerwork migration run", "!hammerwork_queue_pause."},
};

#define QUEUETRACE_HOLDERS(column)                                              \
  "JOIN (SELECT id, " column " FROM {hammerwork_jobs} UNION SELECT id, " column \
  " FROM {hammerwork_jobs_archive}) h ON h." column " = t.id"
inline constexpr std::array hammerwork_backup{
    SqlBackupTable{.table = "hammerwork_jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "hammerwork_jobs_archive", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "hammerwork_workflows",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_workflows. workflow_id hammerwork_jobs_archive.workflow_id",
                   .join = QUEUETRACE_HOLDERS("workflow_id"),
                   .shared = true},
    SqlBackupTable{.table = "hammerwork_workflows",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_workflows. workflow_id !hammerwork_jobs_archive.workflow_id",
                   .join = "JOIN {hammerwork_jobs} h ON h.workflow_id = t.id",
                   .shared = true},
    SqlBackupTable{.table = "hammerwork_batches",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_batches. batch_id hammerwork_jobs_archive.batch_id",
                   .join = QUEUETRACE_HOLDERS("batch_id"),
                   .shared = true},
    SqlBackupTable{.table = "hammerwork_batches",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_batches. batch_id !hammerwork_jobs_archive.batch_id",
                   .join = "JOIN {hammerwork_jobs} h ON h.batch_id = t.id",
                   .shared = true},
};

/// A pause that is there keeps its time and reason.
inline constexpr SqlPausing hammerwork_pausing{
    .effect = "its workers ask before each job and take none until it is resumed; jobs that run go on",
    .pause =
        "INSERT INTO {hammerwork_queue_pause} (queue_name, paused_at, paused_by, reason) VALUES ({:queue}, now(), "
        "left({:by}, 255), nullif({:message}, '')) ON CONFLICT (queue_name) DO NOTHING RETURNING queue_name",
    .resume = "DELETE FROM {hammerwork_queue_pause} WHERE queue_name = {:queue} RETURNING queue_name",
    .needs = "hammerwork_queue_pause.paused_by hammerwork_queue_pause.reason"};

#undef QUEUETRACE_PARENTS_ARRAY
#undef QUEUETRACE_PARENTS_JSON
#undef QUEUETRACE_MAY_FAIL
#undef QUEUETRACE_WAITS
#undef QUEUETRACE_CHILDREN_ARRAY
#undef QUEUETRACE_CHILDREN_JSON
#undef QUEUETRACE_LOOKED_UP
#undef QUEUETRACE_CHILDREN_READ
#undef QUEUETRACE_EDGES
#undef QUEUETRACE_DEPENDENTS
#undef QUEUETRACE_HAS_INDEX
#undef QUEUETRACE_AWAITED
#undef QUEUETRACE_AWAITED_READ
#undef QUEUETRACE_RETRY
#undef QUEUETRACE_RECOMPUTE
#undef QUEUETRACE_NOT_ARCHIVED
#undef QUEUETRACE_CANCEL
#undef QUEUETRACE_FAIL_DEPENDENTS
#undef QUEUETRACE_NOT_MANUAL
#undef QUEUETRACE_FAIL_ARRAY
#undef QUEUETRACE_FAIL_JSON
#undef QUEUETRACE_EDGES_ARRAY
#undef QUEUETRACE_EDGES_JSON
#undef QUEUETRACE_ARCHIVED_STATES
#undef QUEUETRACE_COUNT
#undef QUEUETRACE_COUNT_WORKFLOWS
#undef QUEUETRACE_COUNT_BATCHES
#undef QUEUETRACE_DELETE_EMPTY
#undef QUEUETRACE_NONE_ARCHIVED
#undef QUEUETRACE_STATE
#undef QUEUETRACE_UNFINISHED
#undef QUEUETRACE_CANCEL_RULE
#undef QUEUETRACE_HOLDERS

}  // namespace queuetrace

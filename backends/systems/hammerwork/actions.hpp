// What can be done to Hammerwork's jobs and queues, and which statements do it in which dialect
// (docs/systems/hammerwork.md section 5.3). Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/hammerwork/skips.hpp"

namespace queuetrace::hammerwork {

inline constexpr std::array retry_statements{
    SqlActionStatement{constant<retry(quoted_pending)>, "@dialect_A"},
    SqlActionStatement{constant<retry(pending)>, "!@dialect_A"},
    SqlActionStatement{constant<recompute(parents_array("j"), not_archived)>,
                       "depends_on=_uuid hammerwork_jobs_archive."},
    SqlActionStatement{constant<recompute(parents_array("j"), "")>, "depends_on=_uuid !hammerwork_jobs_archive."},
    SqlActionStatement{constant<recompute(parents_json("j"), not_archived)>,
                       "depends_on=jsonb hammerwork_jobs_archive."},
    SqlActionStatement{constant<recompute(parents_json("j"), "")>, "depends_on=jsonb !hammerwork_jobs_archive."},
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET archived_at = NULL, archival_reason = NULL, "
                       "archival_policy_applied = NULL WHERE j.id = ANY({:ids}) AND j.archived_at IS NOT NULL",
                       "archived_at archival_reason archival_policy_applied"},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} a WHERE a.id = ANY({:ids})", "hammerwork_jobs_archive."},
    SqlActionStatement{clear_lease, "lease_expires_at last_heartbeat_at"},
    SqlActionStatement{lock_workflows, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{count_workflows, "@dialect_C hammerwork_workflows. hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{count_workflows_live, "@dialect_C hammerwork_workflows. !hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{lock_batches, "@dialect_C hammerwork_batches."},
    SqlActionStatement{count_batches, "@dialect_C hammerwork_batches. hammerwork_jobs_archive.batch_id"},
    SqlActionStatement{count_batches_live, "@dialect_C hammerwork_batches. !hammerwork_jobs_archive.batch_id"},
};

inline constexpr std::array cancel_statements{
    SqlActionStatement{constant<cancel(quoted_failed)>, "@dialect_A"},
    SqlActionStatement{constant<cancel(failed)>, "!@dialect_A"},
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET dependency_status = 'failed' WHERE j.id = ANY({:ids}) AND "
                       "j.dependency_status = 'waiting'",
                       "dependency_status"},
    SqlActionStatement{clear_lease, "lease_expires_at last_heartbeat_at"},
    SqlActionStatement{lock_workflows, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{fail_workflow, "@dialect_C hammerwork_workflows."},
    SqlActionStatement{fail_dependents_unless_manual, constant<"depends_on=_uuid hammerwork_workflows. " + has_index>},
    SqlActionStatement{fail_dependents_unless_manual_read,
                       constant<"depends_on=_uuid hammerwork_workflows. !" + has_index>},
    SqlActionStatement{fail_dependents, constant<"depends_on=_uuid !hammerwork_workflows. " + has_index>},
    SqlActionStatement{fail_dependents_read, constant<"depends_on=_uuid !hammerwork_workflows. !" + has_index>},
    SqlActionStatement{fail_dependents_quoted, constant<"@dialect_A depends_on=jsonb " + has_index>},
    SqlActionStatement{fail_dependents_quoted_read, constant<"@dialect_A depends_on=jsonb !" + has_index>},
    SqlActionStatement{fail_dependents_json, constant<"@dialect_B_jsonb depends_on=jsonb " + has_index>},
    SqlActionStatement{fail_dependents_json_read, constant<"@dialect_B_jsonb depends_on=jsonb !" + has_index>},
    SqlActionStatement{lock_batches, "@dialect_C hammerwork_batches."},
    SqlActionStatement{fail_batch, "@dialect_C hammerwork_batches."},
    SqlActionStatement{count_workflows, "@dialect_C hammerwork_workflows. hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{count_workflows_live, "@dialect_C hammerwork_workflows. !hammerwork_jobs_archive.workflow_id"},
    SqlActionStatement{count_batches, "@dialect_C hammerwork_batches. hammerwork_jobs_archive.batch_id"},
    SqlActionStatement{count_batches_live, "@dialect_C hammerwork_batches. !hammerwork_jobs_archive.batch_id"},
};

inline constexpr std::array erase_statements{
    SqlActionStatement{constant<delete_empty("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs}",
                                             none_archived("workflow_id"))>,
                       "hammerwork_workflows. workflow_id hammerwork_jobs_archive.workflow_id", true},
    SqlActionStatement{constant<delete_empty("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs}", "")>,
                       "hammerwork_workflows. workflow_id !hammerwork_jobs_archive.workflow_id", true},
    SqlActionStatement{
        constant<delete_empty("{hammerwork_batches}", "batch_id", "{hammerwork_jobs}", none_archived("batch_id"))>,
        "hammerwork_batches. batch_id hammerwork_jobs_archive.batch_id", true},
    SqlActionStatement{constant<delete_empty("{hammerwork_batches}", "batch_id", "{hammerwork_jobs}", "")>,
                       "hammerwork_batches. batch_id !hammerwork_jobs_archive.batch_id", true},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs} j WHERE j.id = ANY({:ids}) RETURNING j.id"},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} a WHERE a.id = ANY({:ids})", "hammerwork_jobs_archive."},
};
inline constexpr std::array archive_erase_statements{
    SqlActionStatement{constant<delete_empty("{hammerwork_workflows}", "workflow_id", "{hammerwork_jobs_archive}",
                                             none_archived("workflow_id"))>,
                       "hammerwork_workflows. workflow_id hammerwork_jobs.workflow_id", true},
    SqlActionStatement{constant<delete_empty("{hammerwork_batches}", "batch_id", "{hammerwork_jobs_archive}",
                                             none_archived("batch_id"))>,
                       "hammerwork_batches. batch_id hammerwork_jobs.batch_id", true},
    SqlActionStatement{"DELETE FROM {hammerwork_jobs_archive} j WHERE j.id = ANY({:ids}) RETURNING j.id"},
};

inline constexpr std::array move_statements{
    SqlActionStatement{"UPDATE {hammerwork_jobs} j SET queue_name = {:queue} WHERE j.id = ANY({:ids}) RETURNING j.id"}};

// ---- what is offered

inline constexpr std::string_view retry_effect =
    "pending again and due now, its attempts counted from 0 unless they are kept; its last error stays";
inline constexpr std::string_view cancel_effect =
    "failed with a message, and with it the jobs that wait for it unless they are kept";
inline constexpr std::string_view erase_effect =
    "deleted, with its copy in the archive and with its batch or workflow where that has no other job";
inline constexpr std::string_view others_fail = "other jobs that fail with it: {}";

/// Whatever fails with a job: its dependents, and in a database of 2.x the rest of a fail-fast workflow or batch.
inline constexpr std::string_view failing_dependents =
    "SELECT d.id, o.id FROM dependents d CROSS JOIN LATERAL unnest(d.ids) o(id)";
inline constexpr std::string_view all_failing =
    "SELECT d.id, o.id FROM dependents d CROSS JOIN LATERAL unnest(d.ids) o(id) WHERE NOT EXISTS (SELECT 1 FROM "
    "{hammerwork_jobs} r JOIN {hammerwork_workflows} w ON w.id = r.workflow_id WHERE r.id = d.id AND w.failure_policy "
    "= 'manual') UNION SELECT r.id, o.id FROM {hammerwork_jobs} r JOIN {hammerwork_workflows} w ON w.id = "
    "r.workflow_id JOIN {hammerwork_jobs} o ON o.workflow_id = r.workflow_id WHERE r.id = ANY({:ids}) AND "
    "w.failure_policy = 'fail_fast' AND o.status IN ('Pending', 'Retrying') AND o.id <> r.id AND NOT "
    "{:keep_dependents} UNION SELECT r.id, o.id FROM {hammerwork_jobs} r JOIN {hammerwork_batches} b ON b.id = "
    "r.batch_id JOIN {hammerwork_jobs} o ON o.batch_id = r.batch_id WHERE r.id = ANY({:ids}) AND "
    "btrim(b.failure_mode, '\"') = 'FailFast' AND o.status IN ('Pending', 'Retrying') AND o.id <> r.id AND NOT "
    "{:keep_dependents}";

inline constexpr std::string_view count_dependents = "(SELECT cardinality(d.ids) FROM dependents d WHERE d.id = j.id)";
inline constexpr std::string_view count_failing =
    "CASE WHEN {:keep_dependents} THEN 0 ELSE (SELECT count(*) FROM (SELECT unnest(d.ids) FROM dependents d WHERE d.id "
    "= "
    "j.id AND NOT EXISTS (SELECT 1 FROM {hammerwork_workflows} w WHERE w.id = j.workflow_id AND w.failure_policy = "
    "'manual') UNION SELECT o.id FROM {hammerwork_jobs} o JOIN {hammerwork_workflows} w ON w.id = o.workflow_id WHERE "
    "o.workflow_id = j.workflow_id AND w.failure_policy = 'fail_fast' AND o.status IN ('Pending', 'Retrying') AND o.id "
    "<> j.id UNION SELECT o.id FROM {hammerwork_jobs} o JOIN {hammerwork_batches} b ON b.id = o.batch_id WHERE "
    "o.batch_id = j.batch_id AND btrim(b.failure_mode, '\"') = 'FailFast' AND o.status IN ('Pending', 'Retrying') AND "
    "o.id <> j.id) others) END";

consteval SqlActionRule cancel_rule(std::string_view count, std::string_view others, std::string_view needs) {
  return {.action = ActionKind::cancel,
          .effect = cancel_effect,
          .skips = cancel_skips,
          .with = dependents,
          .statements = cancel_statements,
          .beside = count,
          .beside_text = others_fail,
          .others = others,
          .needs = needs};
}

inline constexpr std::array actions{
    SqlActionRule{.action = ActionKind::retry,
                  .effect = retry_effect,
                  .skips = retry_skips,
                  .statements = retry_statements,
                  .needs = "!@dialect_AB recurring next_run_at timed_out_at"},
    SqlActionRule{.action = ActionKind::retry, .effect = retry_effect, .skips = archived_retry, .relation = "archive"},
    cancel_rule(count_failing, all_failing, "@dialect_C depends_on=_uuid hammerwork_workflows. hammerwork_batches."),
    cancel_rule(count_dependents, failing_dependents, "depends_on=_uuid"),
    cancel_rule(count_dependents, failing_dependents, "@dialect_B_jsonb depends_on=jsonb"),
    cancel_rule(count_dependents, failing_dependents, "@dialect_A depends_on=jsonb"),
    cancel_rule("", "", "!@dialect_AB !depends_on failed_at error_message"),
    SqlActionRule{.action = ActionKind::cancel, .effect = cancel_effect, .skips = archived_skip, .relation = "archive"},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = erase_effect,
                  .skips = erase_skips,
                  .with = awaited,
                  .with_all = all_awaited,
                  .statements = erase_statements},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = erase_effect,
                  .skips = archive_erase_skips,
                  .with = awaited,
                  .with_all = all_awaited,
                  .statements = archive_erase_statements,
                  .relation = "archive"},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "waits in the other queue, with the time and priority it has",
                  .skips = move_skips,
                  .statements = move_statements,
                  .warning = "each queue has one handler: that of the other queue gets these jobs"},
    SqlActionRule{.action = ActionKind::move,
                  .effect = "waits in the other queue",
                  .skips = archived_skip,
                  .relation = "archive"},
};

inline constexpr std::string_view both_spellings =
    "the table holds states with quotes and without, so it is unclear which of them its workers look for";
inline constexpr std::string_view run_migrations = "cargo hammerwork migration run, of release 2.0 or later";
inline constexpr std::string_view too_old = "the tables are older than release 0.8";

inline constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, both_spellings, run_migrations, "@dialect_AB"},
    SqlRefusalRule{ActionKind::cancel, both_spellings, run_migrations, "@dialect_AB"},
    SqlRefusalRule{ActionKind::retry, too_old, "cargo hammerwork migration run"},
    SqlRefusalRule{ActionKind::cancel, too_old, "cargo hammerwork migration run"},
    SqlRefusalRule{std::nullopt, "hammerwork_queue_pause is missing (schema before 014), and no worker asks for it",
                   "cargo hammerwork migration run", "!hammerwork_queue_pause."},
};

consteval auto holders(const auto& column) {
  return "JOIN (SELECT id, " + Text(column) + " FROM {hammerwork_jobs} UNION SELECT id, " + column +
         " FROM {hammerwork_jobs_archive}) h ON h." + column + " = t.id";
}
inline constexpr std::array backup{
    SqlBackupTable{.table = "hammerwork_jobs", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "hammerwork_jobs_archive", .owner = "t.id", .condition = "t.id = ANY({:ids})"},
    SqlBackupTable{.table = "hammerwork_workflows",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_workflows. workflow_id hammerwork_jobs_archive.workflow_id",
                   .join = constant<holders("workflow_id")>,
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
                   .join = constant<holders("batch_id")>,
                   .shared = true},
    SqlBackupTable{.table = "hammerwork_batches",
                   .owner = "h.id",
                   .condition = "h.id = ANY({:ids})",
                   .needs = "hammerwork_batches. batch_id !hammerwork_jobs_archive.batch_id",
                   .join = "JOIN {hammerwork_jobs} h ON h.batch_id = t.id",
                   .shared = true},
};

/// A pause that is there keeps its time and reason.
inline constexpr SqlPausing pausing{
    .effect = "its workers ask before each job and take none until it is resumed; running jobs continue",
    .pause =
        "INSERT INTO {hammerwork_queue_pause} (queue_name, paused_at, paused_by, reason) VALUES ({:queue}, now(), "
        "left({:by}, 255), nullif({:message}, '')) ON CONFLICT (queue_name) DO NOTHING RETURNING queue_name",
    .resume = "DELETE FROM {hammerwork_queue_pause} WHERE queue_name = {:queue} RETURNING queue_name",
    .needs = "hammerwork_queue_pause.paused_by hammerwork_queue_pause.reason",
    .kept = {.table = "hammerwork_queue_pause", .owner = "t.queue_name", .condition = "t.queue_name = {:queue}"}};

}  // namespace queuetrace::hammerwork

// The statements that change Hammerwork's rows (docs/systems/hammerwork.md section 5.3). Part of actions.hpp,
// apart for its length. What 2.x and later do to dependents, workflows and batches when a job fails is release 3.0.0's
// src/queue/lifecycle.rs (after_terminal) and src/queue/postgres.rs; 1.x keeps no counters.
#pragma once

#include "backends/engines/constant_text.hpp"
#include "backends/systems/hammerwork/dependents.hpp"

namespace queuetrace::hammerwork {

// ---- retry

consteval auto retry(const auto& pending_state) {
  return "UPDATE {hammerwork_jobs} j SET status = " + pending_state +
         ", attempts = CASE WHEN {:reset_attempts} THEN 0 ELSE j.attempts END, scheduled_at = now(), next_run_at = "
         "CASE WHEN j.recurring THEN now() ELSE j.next_run_at END, started_at = NULL, completed_at = NULL, failed_at = "
         "NULL, timed_out_at = NULL WHERE j.id = ANY({:ids}) RETURNING j.id";
}

/// A job that failed with its parents, or whose parents are not told of, waits for what they are now.
consteval auto recompute(const auto& parents, const auto& in_archive) {
  return "UPDATE {hammerwork_jobs} j SET dependency_status = CASE WHEN NOT EXISTS (SELECT 1 FROM " + parents +
         ") THEN 'none' WHEN EXISTS (SELECT 1 FROM " + parents +
         " WHERE NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} d WHERE d.id = p.id AND btrim(d.status, '\"') = "
         "'Completed')" +
         in_archive +
         ") THEN 'waiting' ELSE 'satisfied' END WHERE j.id = ANY({:ids}) AND (j.dependency_status IS NULL OR "
         "j.dependency_status IN ('failed', 'waiting'))";
}
inline constexpr Text not_archived =
    " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = p.id AND btrim(a.status, '\"') = "
    "'Completed')";

// ---- cancel

inline constexpr Text failed = "'Failed'";
inline constexpr Text quoted_failed = "'\"Failed\"'";

/// No release knows a cancelled job: the error says it, and begins as the state rules of system.cpp read it.
consteval auto cancel(const auto& failed_state) {
  return "UPDATE {hammerwork_jobs} j SET status = " + failed_state +
         ", failed_at = now(), error_message = 'Cancelled by queuetrace' || coalesce(': ' || nullif({:message}, ''), "
         "'') WHERE j.id = ANY({:ids}) RETURNING j.id";
}

/// Those that wait for the chosen jobs, and so on; `unless` keeps those of some chosen jobs.
consteval auto fail_dependents_of(const auto& unless, const auto& edges, const auto& children, const auto& parents,
                                  const auto& pending_state, const auto& failed_state) {
  return "WITH RECURSIVE " + Text(edges) + "below(id) AS (SELECT d.id FROM {hammerwork_jobs} b" + children +
         " WHERE b.id = ANY({:ids}) AND NOT {:keep_dependents}" + unless + " UNION SELECT d.id FROM below b" +
         children + ") UPDATE {hammerwork_jobs} j SET status = " + failed_state +
         ", failed_at = now(), dependency_status = 'failed', error_message = 'Dependency failed: job ' || (SELECT "
         "p.id FROM " +
         parents +
         " WHERE p.id = ANY({:ids}) OR p.id IN (SELECT f.id FROM below f) LIMIT 1) || ' failed' WHERE j.id IN (SELECT "
         "f.id FROM below f) AND j.id <> ALL({:ids}) AND j.dependency_status IN ('waiting', 'satisfied') AND j.status "
         "= " +
         pending_state;
}
/// The policy `manual` leaves the dependents of a failed job to an operator.
inline constexpr Text not_manual =
    " AND NOT EXISTS (SELECT 1 FROM {hammerwork_workflows} w WHERE w.id = b.workflow_id AND w.failure_policy = "
    "'manual')";
consteval auto fail_array(const auto& unless, const auto& edges, const auto& children) {
  return fail_dependents_of(unless, edges, children, parents_array("j"), pending, failed);
}
consteval auto fail_json(const auto& edges, const auto& children, const auto& pending_state, const auto& failed_state) {
  return fail_dependents_of("", edges, children, parents_json("j"), pending_state, failed_state);
}
inline constexpr Text array_edges = edges(parents_array("c"), pending);
inline constexpr Text json_edges = edges(parents_json("c"), pending);
inline constexpr Text quoted_json_edges = edges(parents_json("c"), quoted_pending);

inline constexpr Text fail_dependents_unless_manual = fail_array(not_manual, "", children_array(may_fail(pending)));
inline constexpr Text fail_dependents_unless_manual_read = fail_array(not_manual, array_edges, children_read);
inline constexpr Text fail_dependents = fail_array("", "", children_array(may_fail(pending)));
inline constexpr Text fail_dependents_read = fail_array("", array_edges, children_read);
inline constexpr Text fail_dependents_quoted =
    fail_json("", children_json(may_fail(quoted_pending)), quoted_pending, quoted_failed);
inline constexpr Text fail_dependents_quoted_read =
    fail_json(quoted_json_edges, children_read, quoted_pending, quoted_failed);
inline constexpr Text fail_dependents_json = fail_json("", children_json(may_fail(pending)), pending, failed);
inline constexpr Text fail_dependents_json_read = fail_json(json_edges, children_read, pending, failed);

inline constexpr Text fail_workflow =
    "UPDATE {hammerwork_jobs} o SET status = 'Failed', failed_at = now(), error_message = 'Workflow failed: job ' || "
    "f.id || ' failed (fail-fast policy)', dependency_status = CASE o.dependency_status WHEN 'waiting' THEN 'failed' "
    "ELSE o.dependency_status END FROM (SELECT DISTINCT ON (k.workflow_id) k.workflow_id, k.id FROM {hammerwork_jobs} "
    "k JOIN {hammerwork_workflows} w ON w.id = k.workflow_id WHERE k.id = ANY({:ids}) AND w.failure_policy = "
    "'fail_fast' AND NOT {:keep_dependents} ORDER BY k.workflow_id, k.id) f WHERE o.workflow_id = f.workflow_id AND "
    "o.status IN ('Pending', 'Retrying')";
inline constexpr Text fail_batch =
    "UPDATE {hammerwork_jobs} o SET status = 'Failed', failed_at = now(), error_message = 'Batch failed: job ' || f.id "
    "|| ' failed (fail-fast mode)' FROM (SELECT DISTINCT ON (k.batch_id) k.batch_id, k.id FROM {hammerwork_jobs} k "
    "JOIN {hammerwork_batches} b ON b.id = k.batch_id WHERE k.id = ANY({:ids}) AND btrim(b.failure_mode, '\"') = "
    "'FailFast' AND NOT {:keep_dependents} ORDER BY k.batch_id, k.id) f WHERE o.batch_id = f.batch_id AND o.status IN "
    "('Pending', 'Retrying')";

inline constexpr Text clear_lease =
    "UPDATE {hammerwork_jobs} j SET last_heartbeat_at = NULL, lease_expires_at = NULL WHERE j.id = ANY({:ids}) AND "
    "(j.last_heartbeat_at IS NOT NULL OR j.lease_expires_at IS NOT NULL)";

// ---- the summaries that 2.x keeps; locks in its order: job, workflow, batch

inline constexpr Text lock_workflows =
    "SELECT w.id FROM {hammerwork_workflows} w WHERE w.id IN (SELECT k.workflow_id FROM {hammerwork_jobs} k WHERE k.id "
    "= ANY({:ids})) ORDER BY w.id FOR UPDATE";
inline constexpr Text lock_batches =
    "SELECT b.id FROM {hammerwork_batches} b WHERE b.id IN (SELECT k.batch_id FROM {hammerwork_jobs} k WHERE k.id = "
    "ANY({:ids})) ORDER BY b.id FOR UPDATE";

/// The states of the jobs of a summary row, in the archive too where the archive still knows.
consteval auto archived_states(const auto& column, const auto& summary) {
  return " UNION ALL SELECT a.status FROM {hammerwork_jobs_archive} a WHERE a." + Text(column) + " = " + summary +
         ".id AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} o WHERE o.id = a.id)";
}
consteval auto count(const auto& states) {
  return "count(*) FILTER (WHERE btrim(s.status, '\"') IN (" + Text(states) + "))::integer";
}
inline constexpr Text completed_count = count("'Completed'");
inline constexpr Text failed_count = count("'Failed', 'Dead', 'TimedOut'");
inline constexpr Text pending_count = count("'Pending', 'Running', 'Retrying'");

/// WorkflowProgress::status; the times are those of the state it is in.
consteval auto count_workflows_with(const auto& archived) {
  return "WITH counted AS (SELECT w.id, " + completed_count + " AS completed, " + failed_count +
         " AS failed FROM {hammerwork_workflows} w CROSS JOIN LATERAL (SELECT o.status FROM {hammerwork_jobs} o WHERE "
         "o.workflow_id = w.id" +
         archived +
         ") s WHERE w.id IN (SELECT k.workflow_id FROM {hammerwork_jobs} k WHERE k.id = ANY({:ids})) GROUP BY w.id), "
         "settled AS (SELECT c.*, CASE WHEN w.status = 'cancelled' THEN 'cancelled' WHEN w.total_jobs > 0 AND "
         "c.completed >= w.total_jobs THEN 'completed' WHEN c.failed > 0 AND (w.failure_policy = 'fail_fast' OR "
         "c.completed + c.failed >= w.total_jobs) THEN 'failed' ELSE 'running' END AS state FROM counted c JOIN "
         "{hammerwork_workflows} w ON w.id = c.id) UPDATE {hammerwork_workflows} w SET completed_jobs = s.completed, "
         "failed_jobs = s.failed, status = s.state, completed_at = CASE WHEN s.state = 'completed' THEN "
         "coalesce(w.completed_at, now()) END, failed_at = CASE WHEN s.state IN ('failed', 'cancelled') THEN "
         "coalesce(w.failed_at, now()) END FROM settled s WHERE w.id = s.id";
}

/// BatchProgress::from_status_counts; the library writes it when a batch ends and counts anew when it is asked.
consteval auto count_batches_with(const auto& archived) {
  return "WITH counted AS (SELECT b.id, " + completed_count + " AS completed, " + failed_count + " AS failed, " +
         pending_count +
         " AS pending FROM {hammerwork_batches} b CROSS JOIN LATERAL (SELECT o.status FROM {hammerwork_jobs} o WHERE "
         "o.batch_id = b.id" +
         archived +
         ") s WHERE b.id IN (SELECT k.batch_id FROM {hammerwork_jobs} k WHERE k.id = ANY({:ids})) GROUP BY b.id) "
         "UPDATE {hammerwork_batches} b SET completed_jobs = c.completed, failed_jobs = c.failed, pending_jobs = "
         "c.pending, status = CASE WHEN c.failed > 0 AND btrim(b.failure_mode, '\"') = 'FailFast' THEN 'Failed' WHEN "
         "b.total_jobs > 0 AND c.completed >= b.total_jobs THEN 'Completed' WHEN b.total_jobs > 0 AND c.failed >= "
         "b.total_jobs THEN 'Failed' WHEN b.total_jobs > 0 AND c.completed + c.failed >= b.total_jobs THEN "
         "'PartiallyFailed' WHEN c.completed + c.failed = 0 THEN 'Pending' ELSE 'Processing' END, completed_at = CASE "
         "WHEN c.pending = 0 THEN coalesce(b.completed_at, now()) END, error_summary = CASE WHEN c.failed > 0 THEN "
         "c.failed || ' of ' || b.total_jobs || ' jobs failed' END FROM counted c WHERE b.id = c.id";
}

inline constexpr Text count_workflows = count_workflows_with(archived_states("workflow_id", "w"));
inline constexpr Text count_workflows_live = count_workflows_with("");
inline constexpr Text count_batches = count_batches_with(archived_states("batch_id", "b"));
inline constexpr Text count_batches_live = count_batches_with("");

// ---- delete

/// A summary row of which no job is left. `from` is the table of the chosen jobs, `elsewhere` a further condition.
consteval auto delete_empty(const auto& summary, const auto& column, const auto& from, const auto& elsewhere) {
  return "DELETE FROM " + Text(summary) + " b WHERE b.id IN (SELECT k." + column + " FROM " + from +
         " k WHERE k.id = ANY({:ids})) AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} o WHERE o." + column +
         " = b.id AND o.id <> ALL({:ids}))" + elsewhere;
}
consteval auto none_archived(const auto& column) {
  return " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a." + Text(column) +
         " = b.id AND a.id <> ALL({:ids}))";
}

}  // namespace queuetrace::hammerwork

// The statements that change Hammerwork's rows (docs/systems/hammerwork.md section 5.3). Part of actions.hpp,
// apart for its length. What 2.x and later do to dependents, workflows and batches when a job fails is release 3.0.0's
// src/queue/lifecycle.rs (after_terminal) and src/queue/postgres.rs; 1.x keeps no counters.
#pragma once

#include <array>
#include <string_view>

#include "backends/systems/hammerwork/dependents.hpp"

namespace queuetrace {

// ---- retry

#define QUEUETRACE_RETRY(pending)                                                                                  \
  "UPDATE {hammerwork_jobs} j SET status = " pending                                                               \
  ", attempts = CASE WHEN {:reset_attempts} THEN 0 ELSE j.attempts END, scheduled_at = now(), next_run_at = CASE " \
  "WHEN j.recurring THEN now() ELSE j.next_run_at END, started_at = NULL, completed_at = NULL, failed_at = NULL, " \
  "timed_out_at = NULL WHERE j.id = ANY({:ids}) RETURNING j.id"

/// A job that failed with its parents, or whose parents are not told of, waits for what they are now.
#define QUEUETRACE_RECOMPUTE(parents, in_archive)                                                       \
  "UPDATE {hammerwork_jobs} j SET dependency_status = CASE WHEN NOT EXISTS (SELECT 1 FROM " parents     \
  ") THEN 'none' WHEN EXISTS (SELECT 1 FROM " parents                                                   \
  " WHERE NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} d WHERE d.id = p.id AND btrim(d.status, '\"') = " \
  "'Completed')" in_archive                                                                             \
  ") THEN 'waiting' ELSE 'satisfied' END WHERE j.id = ANY({:ids}) AND (j.dependency_status IS NULL OR " \
  "j.dependency_status IN ('failed', 'waiting'))"
#define QUEUETRACE_NOT_ARCHIVED                                                                               \
  " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = p.id AND btrim(a.status, '\"') = " \
  "'Completed')"

// ---- cancel

/// No release knows a cancelled job: the error says it, and begins as the state rules of system.cpp read it.
#define QUEUETRACE_CANCEL(failed)                                                                                   \
  "UPDATE {hammerwork_jobs} j SET status = " failed                                                                 \
  ", failed_at = now(), error_message = 'Cancelled by queuetrace' || coalesce(': ' || nullif({:message}, ''), '') " \
  "WHERE "                                                                                                          \
  "j.id = ANY({:ids}) RETURNING j.id"

/// Those that wait for the chosen jobs, and so on; `unless` keeps those of some chosen jobs.
#define QUEUETRACE_FAIL_DEPENDENTS(unless, edges, children, parents, pending, failed)                                 \
  "WITH RECURSIVE " edges "below(id) AS (SELECT d.id FROM {hammerwork_jobs} b" children                               \
  " WHERE b.id = ANY({:ids}) AND NOT {:keep_dependents}" unless " UNION SELECT d.id FROM below b" children            \
  ") UPDATE {hammerwork_jobs} j SET status = " failed                                                                 \
  ", failed_at = now(), dependency_status = 'failed', error_message = 'Dependency failed: job ' || (SELECT p.id "     \
  "FROM " parents                                                                                                     \
  " WHERE p.id = ANY({:ids}) OR p.id IN (SELECT f.id FROM below f) LIMIT 1) || ' failed' WHERE j.id IN (SELECT f.id " \
  "FROM below f) AND j.id <> ALL({:ids}) AND j.dependency_status IN ('waiting', 'satisfied') AND j.status = " pending
/// The policy `manual` leaves the dependents of a failed job to an operator.
#define QUEUETRACE_NOT_MANUAL                                                                                  \
  " AND NOT EXISTS (SELECT 1 FROM {hammerwork_workflows} w WHERE w.id = b.workflow_id AND w.failure_policy = " \
  "'manual')"
#define QUEUETRACE_FAIL_ARRAY(unless, edges, children) \
  QUEUETRACE_FAIL_DEPENDENTS(unless, edges, children, QUEUETRACE_PARENTS_ARRAY("j"), "'Pending'", "'Failed'")
#define QUEUETRACE_FAIL_JSON(edges, children, pending, failed) \
  QUEUETRACE_FAIL_DEPENDENTS("", edges, children, QUEUETRACE_PARENTS_JSON("j"), pending, failed)
#define QUEUETRACE_EDGES_ARRAY QUEUETRACE_EDGES(QUEUETRACE_PARENTS_ARRAY("c"), "'Pending'")
#define QUEUETRACE_EDGES_JSON(pending) QUEUETRACE_EDGES(QUEUETRACE_PARENTS_JSON("c"), pending)

inline constexpr std::string_view hammerwork_fail_dependents_unless_manual =
    QUEUETRACE_FAIL_ARRAY(QUEUETRACE_NOT_MANUAL, "", QUEUETRACE_CHILDREN_ARRAY(QUEUETRACE_MAY_FAIL("'Pending'")));
inline constexpr std::string_view hammerwork_fail_dependents_unless_manual_read =
    QUEUETRACE_FAIL_ARRAY(QUEUETRACE_NOT_MANUAL, QUEUETRACE_EDGES_ARRAY, QUEUETRACE_CHILDREN_READ);
inline constexpr std::string_view hammerwork_fail_dependents =
    QUEUETRACE_FAIL_ARRAY("", "", QUEUETRACE_CHILDREN_ARRAY(QUEUETRACE_MAY_FAIL("'Pending'")));
inline constexpr std::string_view hammerwork_fail_dependents_read =
    QUEUETRACE_FAIL_ARRAY("", QUEUETRACE_EDGES_ARRAY, QUEUETRACE_CHILDREN_READ);
inline constexpr std::string_view hammerwork_fail_dependents_quoted = QUEUETRACE_FAIL_JSON(
    "", QUEUETRACE_CHILDREN_JSON(QUEUETRACE_MAY_FAIL("'\"Pending\"'")), "'\"Pending\"'", "'\"Failed\"'");
inline constexpr std::string_view hammerwork_fail_dependents_quoted_read = QUEUETRACE_FAIL_JSON(
    QUEUETRACE_EDGES_JSON("'\"Pending\"'"), QUEUETRACE_CHILDREN_READ, "'\"Pending\"'", "'\"Failed\"'");
inline constexpr std::string_view hammerwork_fail_dependents_json =
    QUEUETRACE_FAIL_JSON("", QUEUETRACE_CHILDREN_JSON(QUEUETRACE_MAY_FAIL("'Pending'")), "'Pending'", "'Failed'");
inline constexpr std::string_view hammerwork_fail_dependents_json_read =
    QUEUETRACE_FAIL_JSON(QUEUETRACE_EDGES_JSON("'Pending'"), QUEUETRACE_CHILDREN_READ, "'Pending'", "'Failed'");

inline constexpr std::string_view hammerwork_fail_workflow =
    "UPDATE {hammerwork_jobs} o SET status = 'Failed', failed_at = now(), error_message = 'Workflow failed: job ' || "
    "f.id || ' failed (fail-fast policy)', dependency_status = CASE o.dependency_status WHEN 'waiting' THEN 'failed' "
    "ELSE o.dependency_status END FROM (SELECT DISTINCT ON (k.workflow_id) k.workflow_id, k.id FROM {hammerwork_jobs} "
    "k JOIN {hammerwork_workflows} w ON w.id = k.workflow_id WHERE k.id = ANY({:ids}) AND w.failure_policy = "
    "'fail_fast' AND NOT {:keep_dependents} ORDER BY k.workflow_id, k.id) f WHERE o.workflow_id = f.workflow_id AND "
    "o.status IN ('Pending', 'Retrying')";
inline constexpr std::string_view hammerwork_fail_batch =
    "UPDATE {hammerwork_jobs} o SET status = 'Failed', failed_at = now(), error_message = 'Batch failed: job ' || f.id "
    "|| ' failed (fail-fast mode)' FROM (SELECT DISTINCT ON (k.batch_id) k.batch_id, k.id FROM {hammerwork_jobs} k "
    "JOIN {hammerwork_batches} b ON b.id = k.batch_id WHERE k.id = ANY({:ids}) AND btrim(b.failure_mode, '\"') = "
    "'FailFast' AND NOT {:keep_dependents} ORDER BY k.batch_id, k.id) f WHERE o.batch_id = f.batch_id AND o.status IN "
    "('Pending', 'Retrying')";

inline constexpr std::string_view hammerwork_clear_lease =
    "UPDATE {hammerwork_jobs} j SET last_heartbeat_at = NULL, lease_expires_at = NULL WHERE j.id = ANY({:ids}) AND "
    "(j.last_heartbeat_at IS NOT NULL OR j.lease_expires_at IS NOT NULL)";

// ---- the summaries that 2.x keeps; locks in its order: job, workflow, batch

inline constexpr std::string_view hammerwork_lock_workflows =
    "SELECT w.id FROM {hammerwork_workflows} w WHERE w.id IN (SELECT k.workflow_id FROM {hammerwork_jobs} k WHERE k.id "
    "= ANY({:ids})) ORDER BY w.id FOR UPDATE";
inline constexpr std::string_view hammerwork_lock_batches =
    "SELECT b.id FROM {hammerwork_batches} b WHERE b.id IN (SELECT k.batch_id FROM {hammerwork_jobs} k WHERE k.id = "
    "ANY({:ids})) ORDER BY b.id FOR UPDATE";

/// The states of the jobs of a summary row, in the archive too where the archive still knows.
#define QUEUETRACE_ARCHIVED_STATES(column, summary)                                           \
  " UNION ALL SELECT a.status FROM {hammerwork_jobs_archive} a WHERE a." column " = " summary \
  ".id AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} o WHERE o.id = a.id)"
#define QUEUETRACE_COUNT(words) "count(*) FILTER (WHERE btrim(s.status, '\"') IN (" words "))::integer"

/// WorkflowProgress::status; the times are those of the state it is in.
#define QUEUETRACE_COUNT_WORKFLOWS(archived) \
  "WITH counted AS (SELECT w.id, " QUEUETRACE_COUNT("'Completed'") " AS completed, "                                  \
  QUEUETRACE_COUNT("'Failed', 'Dead', 'TimedOut'")                                                                    \
  " AS failed FROM {hammerwork_workflows} w CROSS JOIN LATERAL (SELECT o.status FROM {hammerwork_jobs} o WHERE "      \
  "o.workflow_id = w.id" archived                                                                                     \
  ") s WHERE w.id IN (SELECT k.workflow_id FROM {hammerwork_jobs} k WHERE k.id = ANY({:ids})) GROUP BY w.id), "       \
  "settled AS (SELECT c.*, CASE WHEN w.status = 'cancelled' THEN 'cancelled' WHEN w.total_jobs > 0 AND c.completed "  \
  ">= w.total_jobs THEN 'completed' WHEN c.failed > 0 AND (w.failure_policy = 'fail_fast' OR c.completed + c.failed " \
  ">= w.total_jobs) THEN 'failed' ELSE 'running' END AS state FROM counted c JOIN {hammerwork_workflows} w ON w.id "  \
  "= c.id) UPDATE {hammerwork_workflows} w SET completed_jobs = s.completed, failed_jobs = s.failed, status = "       \
  "s.state, completed_at = CASE WHEN s.state = 'completed' THEN coalesce(w.completed_at, now()) END, failed_at = "    \
  "CASE WHEN s.state IN ('failed', 'cancelled') THEN coalesce(w.failed_at, now()) END FROM settled s WHERE w.id = "   \
  "s.id"

/// BatchProgress::from_status_counts; the library writes it when a batch ends and counts anew when it is asked.
#define QUEUETRACE_COUNT_BATCHES(archived) \
  "WITH counted AS (SELECT b.id, " QUEUETRACE_COUNT("'Completed'") " AS completed, "                                  \
  QUEUETRACE_COUNT("'Failed', 'Dead', 'TimedOut'") " AS failed, "                                                     \
  QUEUETRACE_COUNT("'Pending', 'Running', 'Retrying'")                                                                \
  " AS pending FROM {hammerwork_batches} b CROSS JOIN LATERAL (SELECT o.status FROM {hammerwork_jobs} o WHERE "       \
  "o.batch_id = b.id" archived                                                                                        \
  ") s WHERE b.id IN (SELECT k.batch_id FROM {hammerwork_jobs} k WHERE k.id = ANY({:ids})) GROUP BY b.id) UPDATE "    \
  "{hammerwork_batches} b SET completed_jobs = c.completed, failed_jobs = c.failed, pending_jobs = c.pending, status " \
  "= CASE WHEN c.failed > 0 AND btrim(b.failure_mode, '\"') = 'FailFast' THEN 'Failed' WHEN b.total_jobs > 0 AND "    \
  "c.completed >= b.total_jobs THEN 'Completed' WHEN b.total_jobs > 0 AND c.failed >= b.total_jobs THEN 'Failed' "    \
  "WHEN b.total_jobs > 0 AND c.completed + c.failed >= b.total_jobs THEN 'PartiallyFailed' WHEN c.completed + "       \
  "c.failed = 0 THEN 'Pending' ELSE 'Processing' END, completed_at = CASE WHEN c.pending = 0 THEN "                   \
  "coalesce(b.completed_at, now()) END, error_summary = CASE WHEN c.failed > 0 THEN c.failed || ' of ' || "           \
  "b.total_jobs || ' jobs failed' END FROM counted c WHERE b.id = c.id"

inline constexpr std::string_view hammerwork_count_workflows =
    QUEUETRACE_COUNT_WORKFLOWS(QUEUETRACE_ARCHIVED_STATES("workflow_id", "w"));
inline constexpr std::string_view hammerwork_count_workflows_live = QUEUETRACE_COUNT_WORKFLOWS("");
inline constexpr std::string_view hammerwork_count_batches =
    QUEUETRACE_COUNT_BATCHES(QUEUETRACE_ARCHIVED_STATES("batch_id", "b"));
inline constexpr std::string_view hammerwork_count_batches_live = QUEUETRACE_COUNT_BATCHES("");

// ---- delete

/// A summary row of which no job is left. `jobs` and `archive` are the tables that still hold some.
#define QUEUETRACE_DELETE_EMPTY(summary, column, from, elsewhere)                                  \
  "DELETE FROM " summary " b WHERE b.id IN (SELECT k." column " FROM " from                        \
  " k WHERE k.id = ANY({:ids})) AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} o WHERE o." column \
  " = b.id AND o.id <> ALL({:ids}))" elsewhere
#define QUEUETRACE_NONE_ARCHIVED(column) \
  " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a." column " = b.id AND a.id <> ALL({:ids}))"

}  // namespace queuetrace

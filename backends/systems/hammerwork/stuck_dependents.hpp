// Waiting jobs of Hammerwork that nothing will ever release, as SELECTs of their ids (docs/systems/hammerwork.md
// sections 5 and 11), and the findings made of them. Each looks up the parents of waiting jobs only.
#pragma once

#include <array>
#include <string_view>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

using Severity = Finding::Severity;

consteval auto is_waiting(const auto& row) {
  return Text(row) + ".status IN ('Pending', '\"Pending\"') AND " + row + ".dependency_status = 'waiting'";
}
inline constexpr Text waiting_jobs = "SELECT c.id AS found FROM {hammerwork_jobs} c WHERE " + is_waiting("c");
/// The parents `d` of the job `c`, whichever type depends_on has: an array since migration 012, a JSON list before.
inline constexpr Text parents_of_waiting =
    "(SELECT e.id::uuid AS id FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(to_jsonb(c.depends_on)) = 'array' "
    "THEN to_jsonb(c.depends_on) ELSE '[]' END) e(id) WHERE e.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') d";

consteval auto parents_done_unless(const auto& elsewhere) {
  return waiting_jobs + " AND NOT EXISTS (SELECT 1 FROM " + parents_of_waiting +
         " LEFT JOIN {hammerwork_jobs} p ON p.id = d.id WHERE btrim(p.status, '\"') IS DISTINCT FROM 'Completed'" +
         elsewhere + ")";
}
/// From 2.0 on a parent in the archive counts.
inline constexpr Text parents_done = parents_done_unless(
    " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = d.id AND btrim(a.status, '\"') = "
    "'Completed')");
inline constexpr Text parents_done_no_archive = parents_done_unless("");

/// A recurring parent that failed is run again.
inline constexpr Text parent_ended =
    waiting_jobs + " AND EXISTS (SELECT 1 FROM " + parents_of_waiting +
    " JOIN {hammerwork_jobs} p ON p.id = d.id WHERE btrim(p.status, '\"') IN ('Failed', 'Dead', 'TimedOut') AND NOT "
    "p.recurring)";

consteval auto parent_missing_and(const auto& elsewhere) {
  return waiting_jobs + " AND EXISTS (SELECT 1 FROM " + parents_of_waiting +
         " WHERE NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} p WHERE p.id = d.id)" + elsewhere + ")";
}
inline constexpr Text parent_missing =
    parent_missing_and(" AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = d.id)");
inline constexpr Text parent_missing_no_archive = parent_missing_and("");

inline constexpr Text parent_twice =
    waiting_jobs + " AND (SELECT count(*) > count(DISTINCT d.id) FROM " + parents_of_waiting + ")";

/// A parent is made before the jobs that name it, so each cycle has a job that is no younger than a parent of its own.
/// From the first 100 of those to all that they wait for: each pair once, 100,000 pairs at most, so that neither a
/// cycle nor a dense graph keeps it busy.
inline constexpr Text dependency_cycle =
    "WITH RECURSIVE way(start, id) AS (SELECT s.id, s.parent FROM (SELECT c.id, d.id AS parent FROM {hammerwork_jobs} "
    "c CROSS JOIN LATERAL " +
    parents_of_waiting + " JOIN {hammerwork_jobs} p ON p.id = d.id WHERE " + is_waiting("c") + " AND " +
    is_waiting("p") +
    " AND p.created_at >= c.created_at LIMIT 100) s UNION SELECT way.start, d.id FROM way JOIN {hammerwork_jobs} c ON "
    "c.id = way.id AND " +
    is_waiting("c") + " CROSS JOIN LATERAL " + parents_of_waiting +
    ") SELECT DISTINCT s.start AS found FROM (SELECT way.start, way.id FROM way LIMIT 100000) s WHERE s.start = s.id";

// What releases them, as a remedy.
inline constexpr std::string_view release =
    "UPDATE {hammerwork_jobs} SET dependency_status = 'satisfied' WHERE dependency_status = 'waiting' AND id IN (...)";
inline constexpr std::string_view give_up_or_release =
    "give up: queuetrace job cancel -s <source> ID...; or run them: UPDATE {hammerwork_jobs} SET dependency_status = "
    "'satisfied' WHERE dependency_status = 'waiting' AND id IN (...)";

inline constexpr std::array dependent_diagnoses{
    SqlDiagnosisRule{
        .code = "parents-done",
        .severity = Severity::problem,
        .subject = "dependents",
        .text = "wait although no parent of theirs is left to complete; workers of 1.x never release dependents",
        .rows = parents_done,
        .remedy = release,
        .needs = "depends_on dependency_status hammerwork_jobs_archive.status",
        .in_check = true},
    SqlDiagnosisRule{
        .code = "parents-done",
        .severity = Severity::problem,
        .subject = "dependents",
        .text = "wait although no parent of theirs is left to complete; workers of 1.x never release dependents",
        .rows = parents_done_no_archive,
        .remedy = release,
        .needs = "depends_on dependency_status !hammerwork_jobs_archive.",
        .in_check = true},
    SqlDiagnosisRule{.code = "parent-ended",
                     .severity = Severity::problem,
                     .subject = "dependents",
                     .text = "wait for a parent that failed, died or timed out: they run only when that parent is "
                             "retried and completes",
                     .rows = parent_ended,
                     .remedy = "retry the parent that `queuetrace trace show ID` names: queuetrace job retry -s "
                               "<source> PARENT; or give up: queuetrace job cancel -s <source> ID...",
                     .needs = "depends_on dependency_status recurring"},
    SqlDiagnosisRule{.code = "parent-missing",
                     .severity = Severity::problem,
                     .subject = "dependents",
                     .text = "wait for a parent that is neither among the jobs nor archived (deleted or purged): "
                             "nothing ever releases them",
                     .rows = parent_missing,
                     .remedy = give_up_or_release,
                     .needs = "depends_on dependency_status hammerwork_jobs_archive.status"},
    SqlDiagnosisRule{.code = "parent-missing",
                     .severity = Severity::problem,
                     .subject = "dependents",
                     .text = "wait for a parent that is not among the jobs (deleted or purged): nothing ever releases "
                             "them",
                     .rows = parent_missing_no_archive,
                     .remedy = give_up_or_release,
                     .needs = "depends_on dependency_status !hammerwork_jobs_archive."},
    SqlDiagnosisRule{.code = "dependency-cycle",
                     .severity = Severity::problem,
                     .subject = "dependents",
                     .text = "depend on themselves, directly or through others: none of them can ever start",
                     .rows = dependency_cycle,
                     .remedy = "queuetrace job cancel -s <source> ID...",
                     .needs = "depends_on dependency_status created_at"},
    SqlDiagnosisRule{.code = "parent-twice",
                     .severity = Severity::problem,
                     .subject = "dependents",
                     .text = "name a parent twice: 1.x counts rows against names and never releases them",
                     .rows = parent_twice,
                     .remedy = "UPDATE {hammerwork_jobs} SET depends_on = ARRAY(SELECT DISTINCT unnest(depends_on)) "
                               "WHERE dependency_status = 'waiting' AND id IN (...)",
                     .needs = "depends_on=_uuid dependency_status !lease_expires_at"},
};

}  // namespace queuetrace::hammerwork

// Waiting jobs of Hammerwork that nothing will ever release, as SELECTs of their ids (docs/systems/hammerwork.md
// sections 5 and 11). Part of diagnoses.hpp, apart for its length. Each looks up the parents of waiting jobs only.
#pragma once

#include <string_view>

namespace queuetrace {

#define QUEUETRACE_IS_WAITING(row) row ".status IN ('Pending', '\"Pending\"') AND " row ".dependency_status = 'waiting'"
#define QUEUETRACE_WAITING "SELECT c.id AS found FROM {hammerwork_jobs} c WHERE " QUEUETRACE_IS_WAITING("c")
/// The parents `d` of the job `c`: depends_on is an array since migration 012, a JSON list before.
#define QUEUETRACE_PARENTS                                                                                            \
  "(SELECT e.id::uuid AS id FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(to_jsonb(c.depends_on)) = 'array' " \
  "THEN to_jsonb(c.depends_on) ELSE '[]' END) e(id) WHERE e.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') d"

#define QUEUETRACE_PARENTS_DONE(elsewhere)                                                                         \
  QUEUETRACE_WAITING " AND NOT EXISTS (SELECT 1 FROM " QUEUETRACE_PARENTS                                          \
                     " LEFT JOIN {hammerwork_jobs} p ON p.id = d.id WHERE btrim(p.status, '\"') IS DISTINCT FROM " \
                     "'Completed'" elsewhere ")"
/// From 2.0 on a parent in the archive counts.
inline constexpr std::string_view hammerwork_parents_done = QUEUETRACE_PARENTS_DONE(
    " AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = d.id AND btrim(a.status, '\"') = "
    "'Completed')");
inline constexpr std::string_view hammerwork_parents_done_no_archive = QUEUETRACE_PARENTS_DONE("");

/// A recurring parent that failed is run again.
inline constexpr std::string_view hammerwork_parent_ended = QUEUETRACE_WAITING
    " AND EXISTS (SELECT 1 FROM " QUEUETRACE_PARENTS
    " JOIN {hammerwork_jobs} p ON p.id = d.id WHERE btrim(p.status, '\"') IN ('Failed', 'Dead', 'TimedOut') AND NOT "
    "p.recurring)";

#define QUEUETRACE_PARENT_MISSING(elsewhere)                          \
  QUEUETRACE_WAITING " AND EXISTS (SELECT 1 FROM " QUEUETRACE_PARENTS \
                     " WHERE NOT EXISTS (SELECT 1 FROM {hammerwork_jobs} p WHERE p.id = d.id)" elsewhere ")"
inline constexpr std::string_view hammerwork_parent_missing =
    QUEUETRACE_PARENT_MISSING(" AND NOT EXISTS (SELECT 1 FROM {hammerwork_jobs_archive} a WHERE a.id = d.id)");
inline constexpr std::string_view hammerwork_parent_missing_no_archive = QUEUETRACE_PARENT_MISSING("");

inline constexpr std::string_view hammerwork_parent_twice =
    QUEUETRACE_WAITING " AND (SELECT count(*) > count(DISTINCT d.id) FROM " QUEUETRACE_PARENTS ")";

/// A parent is made before the jobs that name it, so each cycle has a job that is no younger than a parent of its own.
/// From the first 100 of those to all that they wait for: each pair once, 100,000 pairs at most, so that neither a
/// cycle nor a dense graph keeps it busy.
inline constexpr std::string_view hammerwork_dependency_cycle =
    "WITH RECURSIVE way(start, id) AS (SELECT s.id, s.parent FROM (SELECT c.id, d.id AS parent FROM {hammerwork_jobs} c "
    "CROSS JOIN LATERAL " QUEUETRACE_PARENTS " JOIN {hammerwork_jobs} p ON p.id = d.id WHERE " QUEUETRACE_IS_WAITING("c")
    " AND " QUEUETRACE_IS_WAITING("p") " AND p.created_at >= c.created_at LIMIT 100) s UNION SELECT way.start, d.id FROM way "
    "JOIN {hammerwork_jobs} c ON c.id = way.id AND " QUEUETRACE_IS_WAITING("c") " CROSS JOIN LATERAL " QUEUETRACE_PARENTS
    ") SELECT DISTINCT s.start AS found FROM (SELECT way.start, way.id FROM way LIMIT 100000) s WHERE s.start = s.id";

#undef QUEUETRACE_IS_WAITING
#undef QUEUETRACE_WAITING
#undef QUEUETRACE_PARENTS
#undef QUEUETRACE_PARENTS_DONE
#undef QUEUETRACE_PARENT_MISSING

}  // namespace queuetrace

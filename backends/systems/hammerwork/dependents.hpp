// Which jobs wait for which, asked for a whole page of jobs at once. Where an index serves depends_on it is looked up
// for each job; some releases create none, and then the rows that wait are read once a page. Part of
// actions.hpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/action_rule.hpp"

namespace queuetrace {

// The parents of the job `row` as rows p(id), by the type of depends_on: an array since migration 012, JSON before.
#define QUEUETRACE_PARENTS_ARRAY(row) "unnest(" row ".depends_on) p(id)"
#define QUEUETRACE_PARENTS_JSON(row)                                                                                 \
  "(SELECT e.id::uuid FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(" row ".depends_on) = 'array' THEN " row \
  ".depends_on ELSE '[]' END) e(id) WHERE e.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') p(id)"

/// Jobs that fail with a parent: those of the library's fail_job_dependencies().
#define QUEUETRACE_MAY_FAIL(pending) "c.dependency_status IN ('waiting', 'satisfied') AND c.status = " pending
#define QUEUETRACE_WAITS "c.dependency_status = 'waiting'"

// The children d(id) of the rows `b`, of those that are `so`: looked up one by one, for which OFFSET 0 keeps the
// planner from joining (what it expects of `&&` with many ids is far too much), ...
#define QUEUETRACE_CHILDREN_ARRAY(so) QUEUETRACE_LOOKED_UP("c.depends_on @> ARRAY[b.id]", so)
#define QUEUETRACE_CHILDREN_JSON(so) QUEUETRACE_LOOKED_UP("c.depends_on @> to_jsonb(b.id::text)", so)
#define QUEUETRACE_LOOKED_UP(names_it, so) \
  " CROSS JOIN LATERAL (SELECT c.id FROM {hammerwork_jobs} c WHERE " names_it " AND " so " OFFSET 0) d"
// ... or from all pairs of a job that waits and a parent. Named twice in each statement, so that it is read once.
#define QUEUETRACE_CHILDREN_READ " JOIN edges d ON d.parent = b.id"
#define QUEUETRACE_EDGES(parents, pending)                                                       \
  "edges(id, parent) AS (SELECT c.id, p.id FROM {hammerwork_jobs} c CROSS JOIN LATERAL " parents \
  " WHERE " QUEUETRACE_MAY_FAIL(pending) "), "

/// Those that wait for a job, and so on, each once, so that cycles end. `together` is their number for all jobs of the
/// page, counted up to a bound, beyond which `ids` may not be whole.
#define QUEUETRACE_DEPENDENTS(edges, children)                                                                       \
  "WITH RECURSIVE " edges "below(root, id) AS (SELECT b.id, d.id FROM unnest({:ids}) b(id)" children                 \
  " WHERE NOT {:keep_dependents} UNION SELECT b.root, d.id FROM below b" children                                    \
  "), dependents(id, ids, together) AS (SELECT f.root, array_agg(f.id), sum(count(*)) OVER () FROM (SELECT b.root, " \
  "b.id FROM below b WHERE b.id <> b.root LIMIT 200001) f GROUP BY f.root) "

#define QUEUETRACE_HAS_INDEX "hammerwork_jobs~gin.depends_on"

inline constexpr std::array hammerwork_dependents{
    SqlActionStatement{QUEUETRACE_DEPENDENTS("", QUEUETRACE_CHILDREN_ARRAY(QUEUETRACE_MAY_FAIL("'Pending'"))),
                       "depends_on=_uuid " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{
        QUEUETRACE_DEPENDENTS(QUEUETRACE_EDGES(QUEUETRACE_PARENTS_ARRAY("c"), "'Pending'"), QUEUETRACE_CHILDREN_READ),
        "depends_on=_uuid"},
    SqlActionStatement{QUEUETRACE_DEPENDENTS("", QUEUETRACE_CHILDREN_JSON(QUEUETRACE_MAY_FAIL("'\"Pending\"'"))),
                       "@dialect_A depends_on=jsonb " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{QUEUETRACE_DEPENDENTS(QUEUETRACE_EDGES(QUEUETRACE_PARENTS_JSON("c"), "'\"Pending\"'"),
                                             QUEUETRACE_CHILDREN_READ),
                       "@dialect_A depends_on=jsonb"},
    SqlActionStatement{QUEUETRACE_DEPENDENTS("", QUEUETRACE_CHILDREN_JSON(QUEUETRACE_MAY_FAIL("'Pending'"))),
                       "@dialect_B_jsonb depends_on=jsonb " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{
        QUEUETRACE_DEPENDENTS(QUEUETRACE_EDGES(QUEUETRACE_PARENTS_JSON("c"), "'Pending'"), QUEUETRACE_CHILDREN_READ),
        "@dialect_B_jsonb depends_on=jsonb"},
};

/// The jobs of the page that others wait for.
#define QUEUETRACE_AWAITED(children) "WITH awaited(id) AS (SELECT DISTINCT b.id FROM unnest({:ids}) b(id)" children ") "
#define QUEUETRACE_AWAITED_READ(parents)                                                           \
  "WITH awaited(id) AS (SELECT DISTINCT p.id FROM {hammerwork_jobs} c CROSS JOIN LATERAL " parents \
  " WHERE " QUEUETRACE_WAITS " AND p.id = ANY({:ids})) "

inline constexpr std::array hammerwork_awaited{
    SqlActionStatement{QUEUETRACE_AWAITED(QUEUETRACE_CHILDREN_ARRAY(QUEUETRACE_WAITS)),
                       "hammerwork_jobs.depends_on=_uuid " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{QUEUETRACE_AWAITED_READ(QUEUETRACE_PARENTS_ARRAY("c")), "hammerwork_jobs.depends_on=_uuid"},
    SqlActionStatement{QUEUETRACE_AWAITED(QUEUETRACE_CHILDREN_JSON(QUEUETRACE_WAITS)),
                       "hammerwork_jobs.depends_on=jsonb " QUEUETRACE_HAS_INDEX},
    SqlActionStatement{QUEUETRACE_AWAITED_READ(QUEUETRACE_PARENTS_JSON("c")), "hammerwork_jobs.depends_on=jsonb"},
};

}  // namespace queuetrace

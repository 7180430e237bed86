// Which jobs wait for which, asked for a whole page of jobs at once. Where an index serves depends_on it is looked up
// for each job; some releases create none, and then the rows that wait are read once a page. Part of
// actions.hpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/action_rule.hpp"

namespace queuetrace::hammerwork {

/// The two spellings of states, by dialect.
inline constexpr Text pending = "'Pending'";
inline constexpr Text quoted_pending = "'\"Pending\"'";

// The parents of the job `row` as rows p(id), by the type of depends_on: an array since migration 012, JSON before.
consteval auto parents_array(const auto& row) { return "unnest(" + Text(row) + ".depends_on) p(id)"; }
consteval auto parents_json(const auto& row) {
  return "(SELECT e.id::uuid FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(" + Text(row) +
         ".depends_on) = 'array' THEN " + row +
         ".depends_on ELSE '[]' END) e(id) WHERE e.id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') p(id)";
}

/// Jobs that fail with a parent: those of the library's fail_job_dependencies().
consteval auto may_fail(const auto& pending_state) {
  return "c.dependency_status IN ('waiting', 'satisfied') AND c.status = " + pending_state;
}
inline constexpr Text waits = "c.dependency_status = 'waiting'";

// The children d(id) of the rows `b`, of those that are `so`: looked up one by one, for which OFFSET 0 keeps the
// planner from joining (what it expects of `&&` with many ids is far too much), ...
consteval auto children_looked_up(const auto& names_it, const auto& so) {
  return " CROSS JOIN LATERAL (SELECT c.id FROM {hammerwork_jobs} c WHERE " + Text(names_it) + " AND " + so +
         " OFFSET 0) d";
}
consteval auto children_array(const auto& so) { return children_looked_up("c.depends_on @> ARRAY[b.id]", so); }
consteval auto children_json(const auto& so) { return children_looked_up("c.depends_on @> to_jsonb(b.id::text)", so); }
// ... or from all pairs of a job that waits and a parent. Named twice in each statement, so that it is read once.
inline constexpr Text children_read = " JOIN edges d ON d.parent = b.id";
consteval auto edges(const auto& parents, const auto& pending_state) {
  return "edges(id, parent) AS (SELECT c.id, p.id FROM {hammerwork_jobs} c CROSS JOIN LATERAL " + parents + " WHERE " +
         may_fail(pending_state) + "), ";
}

/// Those that wait for a job, and so on, each once, so that cycles end. `together` is their number for all jobs of the
/// page, counted up to a bound, beyond which `ids` may not be whole.
consteval auto dependents_of(const auto& edges, const auto& children) {
  return "WITH RECURSIVE " + Text(edges) + "below(root, id) AS (SELECT b.id, d.id FROM unnest({:ids}) b(id)" +
         children + " WHERE NOT {:keep_dependents} UNION SELECT b.root, d.id FROM below b" + children +
         "), dependents(id, ids, together) AS (SELECT f.root, array_agg(f.id), sum(count(*)) OVER () FROM (SELECT "
         "b.root, b.id FROM below b WHERE b.id <> b.root LIMIT 200001) f GROUP BY f.root) ";
}

inline constexpr Text has_index = "hammerwork_jobs~gin.depends_on";

inline constexpr std::array dependents{
    SqlActionStatement{constant<dependents_of("", children_array(may_fail(pending)))>,
                       constant<"depends_on=_uuid " + has_index>},
    SqlActionStatement{constant<dependents_of(edges(parents_array("c"), pending), children_read)>, "depends_on=_uuid"},
    SqlActionStatement{constant<dependents_of("", children_json(may_fail(quoted_pending)))>,
                       constant<"@dialect_A depends_on=jsonb " + has_index>},
    SqlActionStatement{constant<dependents_of(edges(parents_json("c"), quoted_pending), children_read)>,
                       "@dialect_A depends_on=jsonb"},
    SqlActionStatement{constant<dependents_of("", children_json(may_fail(pending)))>,
                       constant<"@dialect_B_jsonb depends_on=jsonb " + has_index>},
    SqlActionStatement{constant<dependents_of(edges(parents_json("c"), pending), children_read)>,
                       "@dialect_B_jsonb depends_on=jsonb"},
};

/// The jobs of the page that others wait for.
consteval auto awaited_among(const auto& children) {
  return "WITH awaited(id) AS (SELECT DISTINCT b.id FROM unnest({:ids}) b(id)" + children + ") ";
}
consteval auto awaited_read(const auto& parents) {
  return "WITH awaited(id) AS (SELECT DISTINCT p.id FROM {hammerwork_jobs} c CROSS JOIN LATERAL " + parents +
         " WHERE " + waits + " AND p.id = ANY({:ids})) ";
}

consteval auto awaited_of_all(const auto& parents) {
  return "WITH awaited(id) AS (SELECT p.id FROM {hammerwork_jobs} c CROSS JOIN LATERAL " + parents + " WHERE " + waits +
         ") ";
}

inline constexpr std::array all_awaited{
    SqlActionStatement{constant<awaited_of_all(parents_array("c"))>, "hammerwork_jobs.depends_on=_uuid"},
    SqlActionStatement{constant<awaited_of_all(parents_json("c"))>, "hammerwork_jobs.depends_on=jsonb"},
};

inline constexpr std::array awaited{
    SqlActionStatement{constant<awaited_among(children_array(waits))>,
                       constant<"hammerwork_jobs.depends_on=_uuid " + has_index>},
    SqlActionStatement{constant<awaited_read(parents_array("c"))>, "hammerwork_jobs.depends_on=_uuid"},
    SqlActionStatement{constant<awaited_among(children_json(waits))>,
                       constant<"hammerwork_jobs.depends_on=jsonb " + has_index>},
    SqlActionStatement{constant<awaited_read(parents_json("c"))>, "hammerwork_jobs.depends_on=jsonb"},
};

}  // namespace queuetrace::hammerwork

#include "backends/engines/sql/catalogue_query.hpp"

#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

/// Every name is looked up once, however many of the arms ask about it. Before PostgreSQL 12 there is no column
/// `attgenerated`, and the name means that of `before_12`; the row as JSON would fail over a default that JSON cannot
/// hold (pg_attribute.attmissingval).
constexpr std::string_view on_postgresql =
    "WITH found AS (SELECT c.oid, n.nspname, c.relname, c.relkind, c.relam, c.relhassubclass, "
    "array_position($2::text[]::name[], n.nspname)::text AS place FROM pg_catalog.pg_class c JOIN "
    "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = ANY($1::text[]::name[]) AND c.relkind "
    "IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT "
    "LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%'), columns AS (SELECT f.oid, f.nspname, f.relname, "
    "f.place, a.attname, a.attnum, a.atttypid FROM found f JOIN pg_catalog.pg_attribute a ON a.attrelid = f.oid "
    "AND a.attnum > 0 AND NOT a.attisdropped) "
    "SELECT c.nspname::text, c.relname::text, c.attname::text, CASE (SELECT attgenerated::text FROM "
    "pg_catalog.pg_attribute g WHERE g.attrelid = c.oid AND g.attnum = c.attnum) WHEN 's' THEN 'generated ' ELSE "
    "'' END || t.typname::text, c.place, has_table_privilege(c.oid, 'SELECT')::text FROM columns c JOIN "
    "pg_catalog.pg_type t ON t.oid = c.atttypid CROSS JOIN (SELECT '' AS attgenerated) before_12 "
    "UNION ALL SELECT n.nspname::text, p.proname || '()', p.pronargs::text, 'function', "
    "array_position($2::text[]::name[], n.nspname)::text, 'true' FROM pg_catalog.pg_proc p JOIN "
    "pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.proname IN (SELECT rtrim(f, '()') FROM "
    "unnest($1::text[]) f WHERE f LIKE '%()') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND "
    "n.nspname NOT LIKE 'pg\\_temp%' "
    "UNION ALL SELECT c.nspname::text, c.relname || '#' || c.attname, e.enumlabel::text, 'label', c.place, "
    "'true' FROM columns c JOIN pg_catalog.pg_enum e ON e.enumtypid = c.atttypid "
    "UNION ALL SELECT f.nspname::text, f.relname || ':heap', 'ctid', current_setting('server_version_num'), "
    "f.place, 'true' FROM found f LEFT JOIN pg_catalog.pg_am m ON m.oid = f.relam WHERE f.relkind = 'r' AND NOT "
    "f.relhassubclass AND coalesce(m.amname, 'heap') = 'heap' AND has_table_privilege(f.oid, 'SELECT') "
    "UNION ALL SELECT nspname::text, relname || ':kind', relkind::text, 'kind', place, 'true' FROM found WHERE "
    "relkind IN ('v', 'm', 'f') "
    "UNION ALL SELECT c.nspname::text, c.relname || ':refused', c.attname::text, format_type(CASE t.typtype WHEN "
    "'d' THEN t.typbasetype ELSE t.oid END, NULL), c.place, 'true' FROM columns c JOIN pg_catalog.pg_type t ON "
    "t.oid = c.atttypid WHERE NOT has_table_privilege(c.oid, 'SELECT') AND NOT has_column_privilege(c.oid, "
    "c.attnum, 'SELECT') "
    "UNION ALL SELECT nspname::text, relname || ':hidden', 'rows', 'hidden', place, 'true' FROM found WHERE "
    "relkind IN ('r', 'p') AND row_security_active(oid) "
    "UNION ALL SELECT c.nspname::text, c.relname || '~' || m.amname, c.attname::text, 'index', c.place, "
    "has_table_privilege(c.oid, 'SELECT')::text FROM columns c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid "
    "AND i.indkey[0] = c.attnum AND i.indisvalid AND i.indnatts = 1 AND i.indpred IS NULL JOIN "
    "pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam ORDER BY 1, 2";

constexpr std::string_view on_sqlite =
    "SELECT 'main', m.name, p.name, lower(p.type), 1, 'true' FROM sqlite_master m JOIN pragma_table_info(m.name) p "
    "WHERE m.type IN ('table', 'view') AND m.name IN (SELECT value FROM json_each($1))";

// A view reads the tables behind it as its owner, or as who asks (security_invoker, PostgreSQL 15); the rows of a
// materialized view are there whoever reads them.
constexpr std::string_view behind_views =
    "WITH RECURSIVE views AS (SELECT v.oid, CASE WHEN (SELECT bool_or(CASE WHEN o.option_name = "
    "'security_invoker' THEN o.option_value::boolean END) FROM pg_catalog.pg_options_to_table(v.reloptions) o) "
    "THEN (SELECT u.oid FROM pg_catalog.pg_roles u WHERE u.rolname = current_user) ELSE v.relowner END AS reader "
    "FROM pg_catalog.pg_class v WHERE v.relkind = 'v'), behind(view, seen, reader) AS (SELECT v.oid, v.oid, "
    "v.reader FROM views v JOIN pg_catalog.pg_class c ON c.oid = v.oid WHERE c.relname = ANY($1::text[]::name[]) "
    "UNION SELECT b.view, t.oid, coalesce(v.reader, b.reader) FROM behind b JOIN views above ON above.oid = "
    "b.seen JOIN pg_catalog.pg_rewrite w ON w.ev_class = b.seen JOIN pg_catalog.pg_depend d ON d.classid = "
    "'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass "
    "JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.oid <> b.seen AND t.relkind IN ('r', 'p', 'v') LEFT "
    "JOIN views v ON v.oid = t.oid) SELECT n.nspname::text, c.relname || ':hidden', 'rows', 'hidden', "
    "array_position($2::text[]::name[], n.nspname)::text, 'true' FROM behind b JOIN pg_catalog.pg_class t ON "
    "t.oid = b.seen AND t.relkind IN ('r', 'p') AND t.relrowsecurity JOIN pg_catalog.pg_roles r ON r.oid = "
    "b.reader AND NOT r.rolsuper AND NOT r.rolbypassrls AND (t.relforcerowsecurity OR NOT pg_has_role(r.oid, "
    "t.relowner, 'USAGE')) JOIN pg_catalog.pg_class c ON c.oid = b.view JOIN pg_catalog.pg_namespace n ON n.oid "
    "= c.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')";

}  // namespace

SqlStatement catalogue_query(SqlFlavour flavour, const std::vector<std::string>& names,
                             const std::optional<std::string>& search_path) {
  if (flavour != SqlFlavour::postgresql) return {std::string(on_sqlite), {list_value(flavour, names)}};
  return {std::string(on_postgresql), {list_value(flavour, names), search_path}};
}

SqlStatement hidden_behind_views_query(const std::vector<std::string>& names,
                                       const std::optional<std::string>& search_path) {
  return {std::string(behind_views), {list_value(SqlFlavour::postgresql, names), search_path}};
}

}  // namespace queuetrace

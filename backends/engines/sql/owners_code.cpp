#include "backends/engines/sql/owners_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "backends/engines/sql/flavour.hpp"
#include "model/plain_names.hpp"

namespace queuetrace {
namespace {

/// Who owns a piece of code, whether that is a trigger, and what to call it: triggers and rules; functions and
/// operators in checks, defaults, generated columns, policies, indexes and in the domains of columns; casts of the
/// columns' types. Internal triggers, those of foreign keys, run the server's own functions.
constexpr const char* code_of_tables =
    "WITH RECURSIVE jobs AS (SELECT c.oid, c.relname, c.relowner FROM pg_catalog.pg_class c JOIN "
    "pg_catalog.pg_namespace n ON "
    "n.oid = c.relnamespace WHERE n.nspname = $1::name AND c.relname = ANY($2::text[]::name[])), "
    "types AS (SELECT a.atttypid AS oid FROM pg_catalog.pg_attribute a JOIN jobs j ON j.oid = a.attrelid WHERE "
    "a.attnum "
    "> 0 AND NOT a.attisdropped UNION SELECT t.typbasetype FROM types x JOIN pg_catalog.pg_type t ON t.oid = x.oid "
    "WHERE "
    "t.typtype = 'd'), "
    "parts AS (SELECT 'pg_catalog.pg_constraint'::regclass AS class, x.oid FROM pg_catalog.pg_constraint x JOIN jobs j "
    "ON j.oid = x.conrelid UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, x.oid FROM pg_catalog.pg_attrdef x JOIN "
    "jobs j ON j.oid = x.adrelid UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, x.oid FROM pg_catalog.pg_policy x "
    "JOIN jobs j ON j.oid = x.polrelid UNION ALL SELECT 'pg_catalog.pg_class'::regclass, x.indexrelid FROM "
    "pg_catalog.pg_index x JOIN jobs j ON j.oid = x.indrelid UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, "
    "x.oid FROM pg_catalog.pg_constraint x JOIN types t ON t.oid = x.contypid UNION ALL SELECT "
    "'pg_catalog.pg_type'::regclass, t.oid FROM types t), "
    "code AS (SELECT p.proowner AS owner, true AS is_trigger, t.tgname::text AS name FROM pg_catalog.pg_trigger t JOIN "
    "jobs j ON j.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND "
    "t.tgenabled "
    "IN ('O', 'A') UNION ALL SELECT j.relowner, true, w.rulename::text FROM pg_catalog.pg_rewrite w JOIN jobs j ON "
    "j.oid = w.ev_class WHERE w.ev_type <> '1' AND w.ev_enabled IN ('O', 'A') UNION ALL SELECT p.proowner, false, "
    "p.proname::text FROM parts x JOIN pg_catalog.pg_depend d ON d.classid = x.class AND d.objid = x.oid JOIN "
    "pg_catalog.pg_proc p ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid UNION ALL SELECT "
    "p.proowner, false, p.proname::text FROM parts x JOIN pg_catalog.pg_depend d ON d.classid = x.class AND d.objid = "
    "x.oid JOIN pg_catalog.pg_operator o ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid "
    "JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode UNION ALL SELECT p.proowner, false, p.proname::text FROM "
    "pg_catalog.pg_cast k JOIN types t ON t.oid IN (k.castsource, k.casttarget) JOIN pg_catalog.pg_proc p ON p.oid = "
    "k.castfunc) "
    "SELECT r.rolname::text, bool_or(c.is_trigger)::text, (r.rolsuper OR r.rolname = current_user)::text, c.name "
    "FROM code c JOIN pg_catalog.pg_roles r ON r.oid = c.owner GROUP BY 1, 3, 4 ORDER BY 1, 4";

std::vector<std::string> changed_tables(const BoundSystem& system) {
  std::set<std::string> tables;
  for (const BoundRelation& relation : system.relations) tables.emplace(relation.description->table);
  for (const SqlBackupTable& table : system.system->backup) tables.emplace(table.table);
  for (const auto& [family, members] : system.schema.families)
    for (const auto& member : members) tables.insert(member.table);
  return {tables.begin(), tables.end()};
}

}  // namespace

OwnersCode read_owners_code(SqlConnection& connection, const BoundSystem& system) {
  OwnersCode out;
  if (system.flavour != SqlFlavour::postgresql) return out;
  const std::unique_ptr<SqlResult> rows =
      connection.query({code_of_tables, {system.schema.name, list_value(system.flavour, changed_tables(system))}},
                       connection.usual_timeout());
  std::vector<Untrusted> owners, names;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto text = [&](std::size_t column) { return std::string(rows->cell(row, column).value_or("")); };
    out.has_triggers = out.has_triggers || text(1) == "true";
    if (text(2) == "true") continue;
    if (owners.empty() || owners.back().raw() != text(0)) owners.emplace_back(text(0));
    names.emplace_back(text(3));
  }
  if (!names.empty())
    out.warning = fmt::format(
        "when these jobs change, the server runs code of role {} with the rights of yours: {}; log in as that role, or "
        "be sure of the code",
        plain_names(owners), plain_names(names));
  return out;
}

}  // namespace queuetrace

#include "backends/systems/described/live_table.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace queuetrace::described {
namespace {

struct NamedKind {
  std::string_view type;
  ColumnKind kind;
};

/// Names of pg_type.
constexpr std::array kinds{NamedKind{"text", ColumnKind::text},      NamedKind{"varchar", ColumnKind::text},
                           NamedKind{"bpchar", ColumnKind::text},    NamedKind{"name", ColumnKind::text},
                           NamedKind{"int2", ColumnKind::integer},   NamedKind{"int4", ColumnKind::integer},
                           NamedKind{"int8", ColumnKind::integer},   NamedKind{"numeric", ColumnKind::number},
                           NamedKind{"float4", ColumnKind::number},  NamedKind{"float8", ColumnKind::number},
                           NamedKind{"bool", ColumnKind::truth},     NamedKind{"timestamptz", ColumnKind::zoned_time},
                           NamedKind{"timestamp", ColumnKind::time}, NamedKind{"date", ColumnKind::date},
                           NamedKind{"uuid", ColumnKind::uuid},      NamedKind{"json", ColumnKind::json},
                           NamedKind{"jsonb", ColumnKind::jsonb},    NamedKind{"bytea", ColumnKind::bytes}};

constexpr std::string_view postgres_columns =
    "SELECT n.nspname::text, a.attname::text, b.typname::text, b.typtype::text, a.attnotnull::text, EXISTS (SELECT 1 "
    "FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND "
    "i.indpred IS NULL AND i.indkey[0] = a.attnum)::text, EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE "
    "i.indrelid = c.oid AND i.indisvalid AND i.indkey[0] = a.attnum AND (i.indpred IS NULL OR pg_get_expr(i.indpred, "
    "i.indrelid, true) LIKE '%IS NOT NULL%'))::text, (SELECT array_to_json(array_agg(e.enumlabel::text))::text FROM "
    "pg_catalog.pg_enum e WHERE e.enumtypid = b.oid) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
    "n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_type b ON b.oid = CASE "
    "t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END WHERE c.relname = $1::text AND c.relkind IN ('r', 'p', 'v', "
    "'m', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_temp%' AND "
    "n.nspname NOT LIKE 'pg\\_toast%' AND ($2::text IS NULL OR n.nspname = $2::text) ORDER BY "
    "array_position(current_schemas(false), n.nspname), n.nspname, a.attnum";

/// A rowid is unique and filled, whatever the table says.
constexpr std::string_view sqlite_columns =
    "SELECT 'main', p.name, lower(p.type), 'b', CASE WHEN p.\"notnull\" = 1 OR (p.pk = 1 AND lower(p.type) = "
    "'integer') THEN 'true' ELSE 'false' END, CASE WHEN (p.pk = 1 AND NOT EXISTS (SELECT 1 FROM pragma_table_info($1) "
    "o WHERE o.pk > 1)) OR EXISTS (SELECT 1 FROM pragma_index_list($1) l WHERE l.\"unique\" = 1 AND l.partial = 0 AND "
    "(SELECT count(*) FROM pragma_index_info(l.name)) = 1 AND EXISTS (SELECT 1 FROM pragma_index_info(l.name) c WHERE "
    "c.name = p.name)) THEN 'true' ELSE 'false' END, CASE WHEN p.pk = 1 OR EXISTS (SELECT 1 FROM "
    "pragma_index_list($1) l JOIN pragma_index_info(l.name) c ON c.seqno = 0 WHERE c.name = p.name) THEN 'true' ELSE "
    "'false' END, NULL FROM pragma_table_info($1) p WHERE ($2 IS NULL OR $2 = 'main') ORDER BY p.cid";

ColumnKind kind_of(std::string_view type, std::string_view form) {
  if (form == "e") return ColumnKind::label;
  if (type.starts_with('_')) return ColumnKind::list;
  const auto found = std::ranges::find(kinds, type, &NamedKind::type);
  return found == kinds.end() ? ColumnKind::other : found->kind;
}

/// For messages: a type may be called anything.
std::string harmless(std::string text) {
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = '?';
  return text;
}

std::vector<std::string> labels_in(std::string_view text) {
  std::vector<std::string> labels;
  const nlohmann::json list = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (list.is_array())
    for (const nlohmann::json& label : list)
      if (label.is_string()) labels.push_back(label.get<std::string>());
  return labels;
}

}  // namespace

std::optional<LiveTableColumns> read_columns(SqlConnection& connection, const std::string& table,
                                             const std::optional<std::string>& schema,
                                             std::chrono::milliseconds timeout) {
  const bool on_postgresql = connection.flavour() == SqlFlavour::postgresql;
  const std::unique_ptr<SqlResult> rows =
      connection.query({std::string(on_postgresql ? postgres_columns : sqlite_columns), {table, schema}}, timeout);
  if (rows->rows() == 0) return std::nullopt;
  LiveTableColumns out;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto text = [&](std::size_t column) { return std::string(rows->cell(row, column).value_or("")); };
    if (row == 0) out.schema = text(0);
    if (text(0) != out.schema) break;
    LiveColumn column{harmless(text(2)), on_postgresql ? kind_of(text(2), text(3)) : ColumnKind::dynamic,
                      text(4) == "true", text(5) == "true", text(6) == "true"};
    if (column.kind == ColumnKind::label) column.labels = labels_in(text(7));
    out.columns.emplace(text(1), std::move(column));
  }
  return out;
}

}  // namespace queuetrace::described

#include "backends/engines/sql/carrier_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/carrier_members.hpp"
#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

/// Documents that the server cannot look into are read whole up to this size (bytes), where they name a context.
constexpr std::size_t most_document = 64 << 10;
/// Contexts of other rows that are read for one job; the oldest.
constexpr std::size_t most_rows = 20;

/// What a text must contain to hold something at the path; empty: anything may.
std::string_view sign_of(const CarrierPath& path) {
  if (!path.word.empty()) return is_plain_member(path.word) ? path.word : std::string_view();
  const std::string_view last = path.members.empty() ? std::string_view() : path.members.back();
  const bool index = !last.empty() && last.find_first_not_of("-0123456789") == std::string_view::npos;
  return is_plain_member(last) && !index ? last : std::string_view();
}

/// What stands in the places that the description names (SqlCarrier::places).
std::string text_of_places(SqlFlavour flavour, const BoundCarrier& carrier) {
  const std::string document = as_text(flavour, carrier.document);
  if (carrier.is_jsonb) {
    std::vector<std::string> texts;
    for (const CarrierPath& path : carrier.paths) {
      std::vector<std::string> members;
      for (const std::string& member : path.members) members.push_back(quoted_literal(flavour, member));
      texts.push_back(fmt::format("{} #>> ARRAY[{}]", carrier.document, fmt::join(members, ", ")));
    }
    return fmt::format(
        "(SELECT jsonb_build_object('traceparent', left(p.text, 8192))::text FROM (SELECT coalesce({}) "
        "AS text) p WHERE p.text IS NOT NULL)",
        fmt::join(texts, ", "));
  }
  const bool on_postgresql = flavour == SqlFlavour::postgresql;
  std::vector<std::string> signs;
  for (const CarrierPath& path : carrier.paths) {
    const std::string_view sign = sign_of(path);
    if (sign.empty()) {
      signs.clear();
      break;
    }
    signs.push_back(
        fmt::format("{}({}, {}) > 0", on_postgresql ? "strpos" : "instr", document, quoted_literal(flavour, sign)));
  }
  return fmt::format("CASE WHEN {}({}) <= {}{} THEN {} END", on_postgresql ? "octet_length" : "length", document,
                     most_document, signs.empty() ? "" : fmt::format(" AND ({})", fmt::join(signs, " OR ")), document);
}

/// Those of the document's own row, or of the row `x` of another table.
std::string members_of(SqlFlavour flavour, const BoundCarrier& carrier) {
  const std::string& document = carrier.document;
  if (!carrier.description->places.empty()) return text_of_places(flavour, carrier);
  if (carrier.is_jsonb)
    return fmt::format(
        "(SELECT jsonb_object_agg(m.key, m.value)::text FROM jsonb_each(CASE WHEN jsonb_typeof({0}) = 'object' THEN "
        "{0} "
        "ELSE '{{}}' END) m WHERE lower(m.key) IN ({1}) AND pg_column_size(m.value) <= {2})",
        document, carrier_member_list(), most_member);
  // No JSON function: what does not parse, and `\u0000` in a text, would end the whole statement.
  if (flavour == SqlFlavour::postgresql)
    return fmt::format(
        "CASE WHEN octet_length(({0})::text) <= {1} AND (({0})::text ILIKE '%trace%' OR ({0})::text LIKE '%\"b3\"%') "
        "THEN ({0})::text END",
        document, most_document);
  return fmt::format("CASE WHEN length({0}) <= {1} AND ({0} LIKE '%trace%' OR {0} LIKE '%\"b3\"%') THEN {0} END",
                     document, most_document);
}

}  // namespace

bool is_plain_member(std::string_view member) {
  return !member.empty() && std::ranges::all_of(member, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::span<const CarrierPath> paths_to_read(const BoundCarrier& carrier) {
  if (carrier.is_jsonb && carrier.table.empty()) return carrier.paths;
  return {};
}

std::string newest_order(const BoundSystem& system) {
  std::string order;
  for (const SqlOrderKey& key : system.newest.empty() ? system.system->storage : system.newest)
    order += fmt::format("{}{}{}", order.empty() ? " ORDER BY " : ", ", key.expression, key.descending ? " DESC" : "");
  return order;
}

std::string carrier_text(const BoundSystem& system, const BoundCarrier& carrier) {
  const std::string members = members_of(system.flavour, carrier);
  if (carrier.table.empty()) return members;
  const bool on_postgresql = system.flavour == SqlFlavour::postgresql;
  return fmt::format(
      "(SELECT {} FROM (SELECT {} AS text FROM {} x WHERE {} = {} ORDER BY {} LIMIT {}) k WHERE k.text IS NOT NULL)",
      on_postgresql ? "json_agg(k.text)::text" : "nullif(json_group_array(k.text), '[]')", members, carrier.table,
      carrier.description->job, system.system->id_expression, carrier.description->order, most_rows);
}

std::string carrier_document(const BoundSystem& system, const BoundCarrier& carrier) {
  const std::string text = carrier_text(system, carrier);
  if (!carrier.is_jsonb || !carrier.table.empty() || !carrier.description->places.empty()) return text;
  return fmt::format("CASE WHEN pg_column_size({0}) <= {1} THEN {2} ELSE {3} END", carrier.document,
                     most_whole_document, as_text(system.flavour, carrier.document), text);
}

// Beside traceparents: known keys at the top or in a known place, carriers stored as JSON text, and lists of pairs.
// Documents over 32 kB (compressed) are passed over. Of thousands of values a pattern takes a tenth of the time of a
// regular expression, and looking through a document as text a fraction of taking it apart.
std::string carrier_paths_query(const BoundSystem& system, const BoundRelation& relation, const BoundCarrier& carrier) {
  constexpr std::string_view traceparent =
      "x.value #>> '{}' LIKE '__-________________________________-________________-__%'";
  constexpr std::string_view has_sign =
      "n.text LIKE '%trace%' OR n.text LIKE '%\"b3\"%' OR n.text LIKE '%otel%' OR n.text LIKE '%carrier%' OR n.text "
      "LIKE '%\"headers\"%' OR n.text LIKE '%\"metadata\"%' OR n.text LIKE "
      "'%-________________________________-________________-__%'";
  return fmt::format(
      "WITH s AS (SELECT document FROM (SELECT {0} AS document, lower(({0})::text COLLATE \"C\") AS text FROM {1} {2} "
      "WHERE "
      "pg_column_size({0}) <= 32768{3} LIMIT 2000) n WHERE {5} LIMIT 500), t AS (SELECT t.key, t.value FROM s CROSS "
      "JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(s.document) = 'object' THEN s.document ELSE '{{}}' END) t) "
      "SELECT array_to_json(CASE WHEN x.inner_key IS NULL THEN ARRAY[x.key] ELSE ARRAY[x.key, x.inner_key] END)::text "
      "AS path, count(*), bool_and({4} AND x.value #>> '{{}}' !~ '[A-Z]') FROM (SELECT t.key, NULL::text AS inner_key, "
      "t.value FROM t UNION ALL SELECT t.key, u.key, u.value FROM t CROSS JOIN LATERAL jsonb_each(CASE WHEN "
      "jsonb_typeof(t.value) = 'object' THEN t.value ELSE '{{}}' END) u WHERE jsonb_typeof(t.value) = 'object') x "
      "WHERE "
      "(jsonb_typeof(x.value) IN ('string', 'number') AND ({4} OR lower(coalesce(x.inner_key, x.key)) IN "
      "('traceparent', 'b3', 'x-b3-traceid', 'uber-trace-id', 'x-amzn-trace-id', 'sentry-trace', "
      "'x-cloud-trace-context', 'trace_id', 'traceid', 'dd.trace_id', 'x-datadog-trace-id') OR (x.inner_key IS NULL "
      "AND "
      "lower(x.key) IN ('trace_context', '_trace_context', 'otel', '_otel', 'otel_carrier', '_otel_carrier', "
      "'carrier', "
      "'trace_ctx', 'headers', 'metadata') AND x.value #>> '{{}}' LIKE '{{%'))) OR (x.inner_key IS NULL AND x.key = "
      "'__otel_headers' AND x.value::text LIKE '%traceparent%') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 16",
      carrier.document, carrier.table.empty() ? relation.table : carrier.table, carrier.table.empty() ? "j" : "x",
      carrier.table.empty() ? newest_order(system) : fmt::format(" ORDER BY {} DESC", carrier.description->order),
      traceparent, has_sign);
}

std::string carrier_sample_query(const BoundSystem& system, const BoundRelation& relation,
                                 const BoundCarrier& carrier) {
  const bool own = carrier.table.empty();
  return fmt::format(
      "SELECT s.text FROM (SELECT {} AS text FROM {} {}{} LIMIT 500) s WHERE length(s.text) <= 8192 LIMIT 200",
      members_of(system.flavour, carrier), own ? relation.table : carrier.table, own ? "j" : "x",
      own ? newest_order(system) : fmt::format(" ORDER BY {} DESC", carrier.description->order));
}

// The catalogue writes columns without an alias.
std::string carrier_index_query(const BoundSystem& system, const BoundRelation& relation, const BoundCarrier& carrier,
                                std::string_view expression) {
  if (carrier.table.empty())
    return fmt::format("SELECT ({})::text, {} FROM (SELECT j.* FROM {} j{} LIMIT 500) j", expression,
                       carrier_text(system, carrier), relation.table, newest_order(system));
  return fmt::format("SELECT ({})::text, {} FROM {} x ORDER BY {} DESC LIMIT 500", expression,
                     members_of(system.flavour, carrier), carrier.table, carrier.description->order);
}

}  // namespace queuetrace

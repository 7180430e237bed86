// Which paths and which indexes of a live store hold trace context: bind_carriers() of carrier_search.hpp.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/carrier_text.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_paths = 16;

std::vector<CarrierPath> configured_paths(std::string_view text) {
  std::vector<CarrierPath> paths;
  const auto next = [](std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  while (!text.empty() && paths.size() < most_paths) {
    std::string_view dotted = next(text, ',');
    while (dotted.starts_with(' ')) dotted.remove_prefix(1);
    while (dotted.ends_with(' ')) dotted.remove_suffix(1);
    CarrierPath path;
    path.configured = true;
    while (!dotted.empty()) path.members.emplace_back(next(dotted, '.'));
    if (path.members.empty()) continue;
    path.traceparents = path.members.back() == "traceparent";
    paths.push_back(std::move(path));
  }
  return paths;
}

/// A statement that only finds out more; without an answer in time the store works without what it would have said.
std::unique_ptr<SqlResult> ask(SqlConnection& connection, const SqlStatement& statement,
                               std::chrono::milliseconds timeout) {
  try {
    return connection.query(statement, timeout);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unreachable) throw;
    return nullptr;
  }
}

/// Paths of at most two members under which the texts of a document name a trace, with whether it is a traceparent.
void count_paths(std::string_view document, std::map<std::vector<std::string>, std::pair<int, bool>>& paths) {
  const nlohmann::json object = nlohmann::json::parse(document.begin(), document.end(), nullptr, false);
  const auto look = [&](const std::vector<std::string>& members, const nlohmann::json& value) {
    if (!value.is_string() && !(value.is_array() && members.back() == "__otel_headers")) return;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const nlohmann::json one{{members.back(), value}};
    if (!context_from_carrier(one.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) &&
        !context_from_carrier(text))
      return;
    const bool traceparent = members.back() == "traceparent";
    auto& [count, all] = paths.try_emplace(members, 0, true).first->second;
    ++count;
    all = all && traceparent;
  };
  if (!object.is_object()) return;
  for (const auto& [key, value] : object.items()) {
    look({key}, value);
    if (value.is_object())
      for (const auto& [inner, text] : value.items()) look({key, inner}, text);
  }
}

/// What the server cannot look into is looked into here, in a sample of bounded size.
void sample_paths(SqlConnection& connection, const BoundSystem& system, const BoundRelation& relation,
                  BoundCarrier& carrier, std::chrono::milliseconds timeout) {
  const std::unique_ptr<SqlResult> rows =
      ask(connection, {carrier_sample_query(system, relation, carrier), {}}, timeout);
  std::map<std::vector<std::string>, std::pair<int, bool>> paths;
  for (std::size_t row = 0; rows != nullptr && row < rows->rows(); ++row)
    count_paths(rows->cell(row, 0).value_or(""), paths);
  std::vector<std::pair<int, CarrierPath>> found;
  for (const auto& [members, seen] : paths) found.push_back({seen.first, {members, seen.second, false}});
  std::ranges::stable_sort(found, std::ranges::greater(), &std::pair<int, CarrierPath>::first);
  for (auto& [count, path] : found)
    if (carrier.paths.size() < most_paths) carrier.paths.push_back(std::move(path));
}

void ask_paths(SqlConnection& connection, const BoundSystem& system, const BoundRelation& relation,
               BoundCarrier& carrier, std::chrono::milliseconds timeout) {
  const std::unique_ptr<SqlResult> rows =
      ask(connection, {carrier_paths_query(system, relation, carrier), {}}, timeout);
  for (std::size_t row = 0; rows != nullptr && row < rows->rows() && carrier.paths.size() < most_paths; ++row) {
    const std::string_view text = rows->cell(row, 0).value_or("");
    const nlohmann::json members = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    CarrierPath path;
    if (members.is_array())
      for (const nlohmann::json& member : members)
        if (member.is_string()) path.members.push_back(member.get<std::string>());
    path.traceparents = rows->cell(row, 2).value_or("") == "t";
    if (!path.members.empty()) carrier.paths.push_back(std::move(path));
  }
}

void discover_paths(SqlConnection& connection, const BoundSystem& system, const BoundRelation& relation,
                    BoundCarrier& carrier, std::chrono::milliseconds timeout) {
  (carrier.is_jsonb ? ask_paths : sample_paths)(connection, system, relation, carrier, timeout);
  carrier.discovered = !carrier.paths.empty();
  if (!carrier.discovered)
    carrier.paths = {{{"trace_context", "traceparent"}, true, false}, {{"traceparent"}, true, false}};
}

/// The paths that are of this document: where there are several, those that begin with its column, without it.
std::vector<CarrierPath> paths_of(const BoundRelation& relation, const BoundCarrier& carrier,
                                  const std::vector<CarrierPath>& configured) {
  if (relation.carriers.size() == 1) return configured;
  std::vector<CarrierPath> paths;
  for (CarrierPath path : configured) {
    if (path.members.size() < 2 || path.members.front() != carrier.column) continue;
    path.members.erase(path.members.begin());
    paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<CarrierPath> described_paths(const SqlCarrier& carrier) {
  std::vector<CarrierPath> paths;
  for (const SqlCarrierPlace& place : carrier.places) {
    CarrierPath path{{place.members.begin(), place.members.end()}, false, true, std::string(place.word)};
    path.traceparents = path.word.empty() && !path.members.empty() && path.members.back() == "traceparent";
    paths.push_back(std::move(path));
  }
  return paths;
}

/// One-key expression indexes over the document that equality can use. Expressions that call functions or operators of
/// the database's own are left alone: what we run is PostgreSQL's.
constexpr std::string_view index_query =
    "SELECT pg_get_expr(i.indexprs, i.indrelid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = "
    "i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class x ON x.oid = "
    "i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam JOIN pg_catalog.pg_attribute a ON a.attrelid = "
    "i.indexrelid AND a.attnum = 1 WHERE n.nspname = $1::text AND c.relname = $2::text AND i.indisvalid AND "
    "i.indnatts = 1 AND i.indexprs IS NOT NULL AND m.amname IN ('btree', 'hash') AND a.atttypid IN "
    "('pg_catalog.text'::regtype, 'pg_catalog.varchar'::regtype) AND (i.indpred IS NULL OR pg_get_expr(i.indpred, "
    "i.indrelid) LIKE '%IS NOT NULL%') AND NOT EXISTS "
    "(SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = "
    "i.indexrelid AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)) ORDER BY "
    "i.indexrelid LIMIT 64";

/// At most so many of them are tried for one document.
constexpr std::size_t most_indexes = 8;

/// The expressions of such indexes, by table.
using TableIndexes = std::map<std::string, std::vector<std::string>, std::less<>>;

const std::vector<std::string>& indexes_of(SqlConnection& connection, const BoundSystem& system, std::string_view table,
                                           TableIndexes& known, std::chrono::milliseconds timeout) {
  const auto [place, is_new] = known.try_emplace(std::string(table));
  if (!is_new) return place->second;
  const std::unique_ptr<SqlResult> rows =
      ask(connection, {std::string(index_query), {system.schema.name, std::string(table)}}, timeout);
  for (std::size_t row = 0; rows != nullptr && row < rows->rows(); ++row)
    place->second.emplace_back(rows->cell(row, 0).value_or(""));
  return place->second;
}

/// Whether the expression yields the very ids of the newest rows that carry one; `any`: of at least one of them.
bool yields_ids(SqlConnection& connection, const BoundSystem& system, const BoundRelation& relation,
                const BoundCarrier& carrier, const std::string& expression, bool& any,
                std::chrono::milliseconds timeout) {
  const std::unique_ptr<SqlResult> rows =
      ask(connection, {carrier_index_query(system, relation, carrier, expression), {}}, timeout);
  bool all = rows != nullptr;
  for (std::size_t row = 0; rows != nullptr && row < rows->rows(); ++row) {
    const std::optional<TraceContext> context = context_from_carrier(rows->cell(row, 1).value_or(""));
    if (!context || !context->trace_id || context->status != TraceStatus::w3c) continue;
    const bool same = rows->cell(row, 0).value_or("") == context->trace_id->raw();
    any = any || same;
    all = all && same;
  }
  return all;
}

void find_index(SqlConnection& connection, const BoundSystem& system, const BoundRelation& relation,
                BoundCarrier& carrier, TableIndexes& known, std::chrono::milliseconds timeout) {
  if (system.flavour != SqlFlavour::postgresql || (carrier.table.empty() && relation.description->family != nullptr))
    return;
  const std::string_view table = carrier.table.empty() ? relation.description->table : carrier.description->table;
  std::size_t tried = 0;
  for (const std::string& expression : indexes_of(connection, system, table, known, timeout)) {
    if (expression.find(carrier.column) == std::string::npos || tried == most_indexes) continue;
    ++tried;
    bool any = false;
    const bool all = yields_ids(connection, system, relation, carrier, expression, any, timeout);
    // Where no newest row carries an id the expression's own words must do.
    const bool usable = any || (all && expression.find("trace") != std::string::npos);
    if (!usable || (carrier.index_covers && !carrier.index.empty())) continue;
    carrier.index = expression;
    carrier.index_covers = all;
  }
}

}  // namespace

void bind_carriers(SqlConnection& connection, BoundSystem& system, const std::map<std::string, std::string>& keys,
                   std::chrono::milliseconds timeout) {
  const auto own = keys.find("trace_paths");
  const std::vector<CarrierPath> configured =
      own == keys.end() ? std::vector<CarrierPath>() : configured_paths(own->second);
  TableIndexes known;
  for (BoundRelation& relation : system.relations)
    for (BoundCarrier& carrier : relation.carriers) {
      carrier.paths = described_paths(*carrier.description);
      if (!carrier.paths.empty() && !carrier.is_jsonb) continue;  // no index holds what is told after reading
      if (carrier.paths.empty()) carrier.paths = paths_of(relation, carrier, configured);
      if (carrier.paths.empty()) discover_paths(connection, system, relation, carrier, timeout);
      find_index(connection, system, relation, carrier, known, timeout);
    }
}

}  // namespace queuetrace

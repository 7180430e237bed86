// What is told of a large table while a prompt waits: the jobs that were stored last, and the queues that these and the
// planner know. How much is read does not depend on how large the table is.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/statistics_parts.hpp"

namespace queuetrace {
namespace {

/// Blocks at the end of a table that are read at most, 2 MiB as PostgreSQL is built.
constexpr std::uint64_t most_blocks_for_a_prompt = 256;

/// The column that an expression over `j` is; empty where it is more than that.
std::string column_of(const std::string& expression, const LiveTable& table) {
  std::string name = expression.starts_with("j.") ? expression.substr(2) : std::string();
  if (name.size() > 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return std::ranges::any_of(table, [&](const auto& column) { return column.first == name; }) ? name : std::string();
}

}  // namespace

std::optional<std::string> SqlJobStore::place_for_a_prompt(const ReadLimits& limits) {
  const BoundRelation& live = system_.relations.front();
  if (!limits.prompt || !limits.scan || live.heap_version < first_heap_version) return std::nullopt;
  // How many rows a block holds is what the planner believes; a table that nobody analysed may hold anything.
  const std::string table = quoted_literal(system_.flavour, live.table) + "::regclass";
  const std::unique_ptr<SqlResult> size =
      run({fmt::format("SELECT pg_relation_size({0}) / current_setting('block_size')::bigint, (SELECT CASE WHEN "
                       "c.relpages > 0 AND c.reltuples > 0 THEN ceil(c.reltuples / c.relpages)::bigint ELSE 20 END "
                       "FROM pg_catalog.pg_class c WHERE c.oid = {0})",
                       table),
           {}},
          limits);
  const std::uint64_t blocks = number_at(*size, 0, 0);
  const std::uint64_t rows_in_block = std::max<std::uint64_t>(1, number_at(*size, 0, 1));
  const std::uint64_t last = std::clamp<std::uint64_t>(*limits.scan / rows_in_block, 8, most_blocks_for_a_prompt);
  if (blocks <= 4 * most_blocks_for_a_prompt) return std::nullopt;
  return fmt::format("j.ctid >= '{}'::tid", HeapPlace{blocks - last, 0}.text());
}

Page SqlJobStore::last_stored(const JobQuery& query, const std::string& place) {
  Page page;
  const JobSelect select = build_stored(
      system_, query.filter, detail_of(query), 0, [&](Parameters&) { return place; }, 2 * *query.limits.scan);
  page.truncated = "only jobs that were stored last were looked at";
  if (select.statement.text.empty()) return page;
  const std::unique_ptr<SqlResult> rows = run(select.statement, query.limits);
  take_jobs(page, *rows, select.layout, query, rows->rows());
  std::ranges::reverse(page.jobs);
  if (page.jobs.size() > query.page_size)
    page.jobs.erase(page.jobs.begin() + static_cast<std::ptrdiff_t>(query.page_size), page.jobs.end());
  return page;
}

std::string SqlJobStore::queues_for_a_prompt(const BoundRelation& relation, const std::string& place) const {
  const std::string& queue = relation.field(SqlField::queue);
  std::string text = fmt::format("SELECT {} AS queue FROM {} j{} WHERE {}", as_text(system_.flavour, queue),
                                 relation.table, relation.joins_for(queue), place);
  const LiveTable* const table = system_.schema.find(relation.description->table);
  const std::string column = table == nullptr ? std::string() : column_of(queue, *table);
  if (column.empty()) return text;
  const auto literal = [&](std::string_view word) { return quoted_literal(system_.flavour, word); };
  return text + fmt::format(
                    " UNION SELECT unnest(s.most_common_vals::text::text[]) FROM pg_catalog.pg_stats s WHERE "
                    "s.schemaname = {} AND s.tablename = {} AND s.attname = {}",
                    literal(system_.schema.name), literal(relation.description->table), literal(column));
}

}  // namespace queuetrace

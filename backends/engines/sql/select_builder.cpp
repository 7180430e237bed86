#include "backends/engines/sql/select_builder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/select_columns.hpp"

namespace queuetrace {
namespace {

/// Rows behind `values` in the order of `keys`. The first key alone bounds the range, so that an index on it is used.
std::string behind(SqlFlavour flavour, std::span<const SqlOrderKey> keys, const std::vector<std::string>& values,
                   Parameters& parameters) {
  std::string out;
  for (std::size_t i = keys.size(); i-- > 0;) {
    const std::string value = cast_to(flavour, keys[i].type, parameters.add(values[i]));
    const std::string_view sign = keys[i].descending ? "<" : ">";
    if (out.empty())
      out = fmt::format("{} {} {}", keys[i].expression, sign, value);
    else
      out = fmt::format("({0} {1}= {2} AND ({0} {1} {2} OR {3}))", keys[i].expression, sign, value, out);
  }
  return out;
}

std::string order_by(std::span<const SqlOrderKey> keys, bool outer) {
  std::string out;
  for (std::size_t i = 0; i < keys.size(); ++i)
    out += fmt::format("{}{}{}", i == 0 ? "" : ", ", outer ? fmt::format("key{}", i) : std::string(keys[i].expression),
                       keys[i].descending ? " DESC" : "");
  return out;
}

/// The rows of one relation, filtered, ordered and cut, as a table expression named `j`. Where an index finds few rows
/// they are found first and for themselves: the planner must not walk a newest-first index instead and filter.
/// `by_place`: where no index serves the order, what is sorted are the places of rows and not the rows.
std::string rows_of(const BoundRelation& relation, const Conditions& conditions, const std::string& order,
                    std::size_t limit, bool by_place) {
  const std::string tail = order.empty() ? "" : " ORDER BY " + order;
  const std::string all = conditions.scanned.empty() ? "" : all_of(conditions.scanned);
  if (conditions.indexed.empty() && by_place && relation.heap_version > 0)
    return fmt::format(
        "(SELECT j.* FROM {0} j WHERE j.ctid = ANY(ARRAY(SELECT j.ctid FROM {0} j{1}{2}{3} LIMIT {4}))) j",
        relation.table, relation.joins_for(all + tail), all.empty() ? "" : " WHERE " + all, tail, limit);
  if (conditions.indexed.empty())
    return fmt::format("(SELECT j.* FROM {} j{}{}{} LIMIT {}) j", relation.table, relation.joins_for(all + tail),
                       all.empty() ? "" : " WHERE " + all, tail, limit);
  const std::string few = all_of(conditions.indexed);
  return fmt::format(
      "(WITH found AS MATERIALIZED (SELECT j.* FROM {} j{} WHERE {}) SELECT j.* FROM found j{}{}{} LIMIT {}) j",
      relation.table, relation.joins_for(few), few, relation.joins_for(all + tail), all.empty() ? "" : " WHERE " + all,
      tail, limit);
}

}  // namespace

RowDetail detail_of(const JobQuery& query) {
  if (query.payload) return RowDetail::all;
  const bool searches = !query.filter.traces.empty() || !query.filter.span_ids.empty() || !query.filter.any_of.empty();
  if (!query.brief || searches) return RowDetail::usual;
  return query.ends ? RowDetail::ends : RowDetail::brief;
}

std::string without_doubles(const BoundSystem& system, std::size_t relation) {
  if (relation == 0 || system.system->ids_by_queue) return {};  // a queue's tables share one count of ids
  std::string other(system.system->id_expression);
  if (other.starts_with("j.")) other.replace(0, 2, "live.");
  return fmt::format("NOT EXISTS (SELECT 1 FROM {} live WHERE {} = {})", system.relations.front().table, other,
                     system.system->id_expression);
}

JobSelect build_list(const BoundSystem& system, const JobFilter& filter, JobOrder order, RowDetail detail,
                     const Position& from, std::size_t limit, SearchDepth depth) {
  const bool newest = order == JobOrder::newest && !system.newest.empty();
  const std::span<const SqlOrderKey> keys = newest ? system.newest : system.system->storage;
  const std::string inner_order = order_by(keys, false);
  Parameters parameters;
  SelectColumns columns(system, keys, detail, parameters, !newest || system.relations.size() == 1);
  JobSelect out;
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system.relations.size(); ++i) {
    if (!newest && i != from.relation) continue;
    const BoundRelation& relation = system.relations[i];
    Parameters before = parameters;
    Conditions conditions = make_conditions(filter, system, relation, parameters, out.unsupported);
    if (conditions.nothing) {
      parameters = std::move(before);  // placeholders of an arm that is left out would have no type
      continue;
    }
    if (depth == SearchDepth::recent && i == 0)
      conditions.indexed.push_back(fmt::format("{0} > (SELECT max({0}) - {1} FROM {2} j)", system.system->recent,
                                               recent_window, relation.table));
    if (!from.keys.empty()) conditions.scanned.push_back(behind(system.flavour, keys, from.keys, parameters));
    if (const std::string once = without_doubles(system, i); !once.empty()) conditions.scanned.push_back(once);
    const std::string list = columns.of(i);
    arms.push_back(fmt::format("SELECT {} FROM {}{}", list, rows_of(relation, conditions, inner_order, limit, newest),
                               relation.joins_for(list)));
  }
  if (arms.empty()) return out;
  out.layout = columns.layout();
  std::string& text = out.statement.text;
  if (arms.size() == 1)
    text = fmt::format("{} ORDER BY {}", arms.front(), order_by(keys, true));
  else
    text = fmt::format("SELECT * FROM ({}) jobs ORDER BY {} LIMIT {}", fmt::join(arms, " UNION ALL "),
                       order_by(keys, true), limit);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_stored(const BoundSystem& system, const JobFilter& filter, RowDetail detail, std::size_t index,
                       const std::function<std::string(Parameters&)>& where, std::optional<std::size_t> limit) {
  static constexpr std::array place{SqlOrderKey{"j.ctid"}}, kept_place{SqlOrderKey{"j.\"qt:place\""}};
  const BoundRelation& relation = system.relations.at(index);
  Parameters parameters;
  JobSelect out;
  Conditions conditions = make_conditions(filter, system, relation, parameters, out.unsupported);
  if (conditions.nothing) return out;
  std::vector<std::string> terms = std::move(conditions.indexed);
  std::ranges::move(conditions.scanned, std::back_inserter(terms));
  if (std::string chosen = where(parameters); !chosen.empty()) terms.push_back(std::move(chosen));
  if (std::string once = without_doubles(system, index); !once.empty()) terms.push_back(std::move(once));
  const std::string condition = terms.empty() ? "" : " WHERE " + all_of(terms);
  SelectColumns columns(system, limit ? kept_place : place, detail, parameters, true);
  const std::string list = columns.of(index);
  out.layout = columns.layout();
  if (limit)  // sorted first: the columns of large rows are costly, and needed for the first rows only
    out.statement.text = fmt::format(
        "SELECT {} FROM (SELECT j.*, j.ctid AS \"qt:place\" FROM {} j{}{} ORDER BY j.ctid LIMIT {}) j{} ORDER "
        "BY key0",
        list, relation.table, relation.joins_for(condition), condition, *limit, relation.joins_for(list));
  else
    out.statement.text =
        fmt::format("SELECT {} FROM {} j{}{}", list, relation.table, relation.joins_for(list + condition), condition);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_rows(const BoundSystem& system, const std::string& condition, const std::string& order,
                     RowDetail detail, Parameters parameters, std::size_t limit) {
  SelectColumns columns(system, system.system->storage, detail, parameters, true);
  const BoundRelation& relation = system.relations.front();
  JobSelect out;
  const std::string list = columns.of(0);
  Conditions conditions;
  conditions.scanned.push_back(condition);
  out.statement.text =
      fmt::format("SELECT {} FROM {}{} ORDER BY {}", list, rows_of(relation, conditions, order, limit, false),
                  relation.joins_for(list + order), order);
  out.layout = columns.layout();
  out.statement.parameters = parameters.take();
  return out;
}

}  // namespace queuetrace

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

namespace {

/// What a row of the relation meets that the filter asks for, and that no other relation holds its job; absent: none
/// can.
std::optional<Conditions> conditions_of(const BoundSystem& system, const JobFilter& filter, std::size_t relation,
                                        Parameters& parameters, std::vector<std::string>& unsupported) {
  Parameters before = parameters;
  Conditions conditions = make_conditions(filter, system, system.relations[relation], parameters, unsupported);
  if (conditions.nothing) {
    parameters = std::move(before);  // placeholders of what is left out would have no type
    return std::nullopt;
  }
  if (std::string once = without_doubles(system, relation); !once.empty())
    conditions.scanned.push_back(std::move(once));
  return conditions;
}

/// The same where it does not matter what an index serves.
std::optional<std::vector<std::string>> terms_of(const BoundSystem& system, const JobFilter& filter,
                                                 std::size_t relation, Parameters& parameters,
                                                 std::vector<std::string>& unsupported) {
  std::optional<Conditions> conditions = conditions_of(system, filter, relation, parameters, unsupported);
  if (!conditions) return std::nullopt;
  std::ranges::move(conditions->scanned, std::back_inserter(conditions->indexed));
  return std::move(conditions->indexed);
}

std::string where_all(const std::vector<std::string>& terms) { return terms.empty() ? "" : " WHERE " + all_of(terms); }

/// One SELECT over those of the relations, in the order of their columns key0, key1, ...
std::string together(const std::vector<std::string>& arms, std::span<const SqlOrderKey> keys,
                     std::optional<std::size_t> limit) {
  const std::string order = order_by(keys, true);
  if (arms.size() == 1) return fmt::format("{} ORDER BY {}", arms.front(), order);
  return fmt::format("SELECT * FROM ({}) jobs ORDER BY {}{}", fmt::join(arms, " UNION ALL "), order,
                     limit ? fmt::format(" LIMIT {}", *limit) : "");
}

}  // namespace

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
    std::optional<Conditions> conditions = conditions_of(system, filter, i, parameters, out.unsupported);
    if (!conditions) continue;
    if (depth == SearchDepth::recent && i == 0)
      conditions->indexed.push_back(fmt::format("{0} > (SELECT max({0}) - {1} FROM {2} j)", system.system->recent,
                                                recent_window, relation.table));
    if (!from.keys.empty()) conditions->scanned.push_back(behind(system.flavour, keys, from.keys, parameters));
    const std::string list = columns.of(i);
    arms.push_back(fmt::format("SELECT {} FROM {}{}", list, rows_of(relation, *conditions, inner_order, limit, newest),
                               relation.joins_for(list)));
  }
  if (arms.empty()) return out;
  out.layout = columns.layout();
  out.statement.text = together(arms, keys, limit);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_newest_places(const BoundSystem& system, const JobFilter& filter, const Position& from,
                              std::size_t limit) {
  const std::string order = order_by(system.newest, false);
  Parameters parameters;
  JobSelect out;
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system.relations.size(); ++i) {
    const BoundRelation& relation = system.relations[i];
    std::optional<std::vector<std::string>> terms = terms_of(system, filter, i, parameters, out.unsupported);
    if (!terms) continue;
    if (!from.keys.empty()) terms->push_back(behind(system.flavour, system.newest, from.keys, parameters));
    std::string list = fmt::format("j.ctid AS place, {} AS id", relation.field(SqlField::id));
    std::string keys_of_all;
    for (std::size_t key = 0; key < system.newest.size(); ++key) {
      list += fmt::format(", {} AS key{}", system.newest[key].expression, key);
      keys_of_all += fmt::format(", key{}", key);
    }
    const std::string condition = where_all(*terms);
    // What is sorted is no larger than it must be: texts are made of the rows that remain.
    arms.push_back(fmt::format(
        "SELECT {} AS relation, place::text, {} AS id{} FROM (SELECT {} FROM {} j{}{} ORDER BY {} LIMIT {}) arm", i,
        as_text(system.flavour, "id"), keys_of_all, list, relation.table, relation.joins_for(list + condition + order),
        condition, order, limit));
  }
  if (arms.empty()) return out;
  out.statement.text = together(arms, system.newest, limit);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_chosen(const BoundSystem& system, const JobFilter& filter, RowDetail detail,
                       const std::function<std::string(std::size_t, Parameters&)>& where) {
  Parameters parameters;
  SelectColumns columns(system, system.newest, detail, parameters, system.relations.size() == 1);
  JobSelect out;
  std::vector<std::string> arms;
  for (std::size_t i = 0; i < system.relations.size(); ++i) {
    const BoundRelation& relation = system.relations[i];
    std::string chosen = where(i, parameters);
    if (chosen.empty()) continue;
    std::optional<std::vector<std::string>> terms = terms_of(system, filter, i, parameters, out.unsupported);
    if (!terms) continue;
    terms->push_back(std::move(chosen));
    const std::string list = columns.of(i), condition = where_all(*terms);
    arms.push_back(
        fmt::format("SELECT {} FROM {} j{}{}", list, relation.table, relation.joins_for(list + condition), condition));
  }
  if (arms.empty()) return out;
  out.layout = columns.layout();
  out.statement.text = together(arms, system.newest, std::nullopt);
  out.statement.parameters = parameters.take();
  return out;
}

JobSelect build_stored(const BoundSystem& system, const JobFilter& filter, RowDetail detail, std::size_t index,
                       const std::function<std::string(Parameters&)>& where, std::optional<std::size_t> limit) {
  static constexpr std::array place{SqlOrderKey{"j.ctid"}}, kept_place{SqlOrderKey{"j.\"qt:place\""}};
  const BoundRelation& relation = system.relations.at(index);
  Parameters parameters;
  JobSelect out;
  std::optional<std::vector<std::string>> terms = terms_of(system, filter, index, parameters, out.unsupported);
  if (!terms) return out;
  if (std::string chosen = where(parameters); !chosen.empty()) terms->push_back(std::move(chosen));
  const std::string condition = where_all(*terms);
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

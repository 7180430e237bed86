// What a plan comes to, without listing it: the jobs of each relation grouped by their queue and the first reason to
// leave them alone.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// `text` with its parameters behind those of another statement.
std::string renumbered(std::string_view text, std::size_t taken) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '$') continue;
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(text.data() + i + 1, text.data() + text.size(), number);
    if (problem != std::errc()) continue;
    out += std::to_string(number + taken);
    i = static_cast<std::size_t>(end - text.data()) - 1;
  }
  return out;
}

/// A condition on `j`: its id is one of {:ids}, which PostgreSQL puts into a hash table where they are a constant.
std::string is_one_of(const BoundSystem& system) {
  const std::string_view id = system.system->id_expression;
  if (system.flavour == SqlFlavour::postgresql) return fmt::format("{} = ANY({{:ids}})", id);
  return equals_any(system.flavour, system.system->id_type, id, "{:ids}");
}

void append(SqlStatement& statement, SqlStatement&& more) {
  statement.text += renumbered(more.text, statement.parameters.size());
  std::ranges::move(more.parameters, std::back_inserter(statement.parameters));
}

/// nullptr: the statement ran into its time-out.
std::unique_ptr<SqlResult> rows_in_time(SqlConnection& connection, const SqlStatement& statement,
                                        const ReadLimits& limits) {
  try {
    return connection.query(statement, time_for_statement(limits, connection));
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    return nullptr;
  }
}

}  // namespace

std::optional<std::vector<std::string>> SqlAdministration::ids_of_skip(const SqlSkipRule& skip, const std::string& with,
                                                                       const ActionValues& values,
                                                                       const ReadLimits& limits) {
  if (skip.listed.empty() || with.empty()) return std::nullopt;
  const SqlStatement statement =
      bind_values(system_,
                  with + fmt::format("SELECT {} FROM ({}) s(id) LIMIT {}", as_text(system_.flavour, "id"),
                                     system_.expand(skip.listed), most_listed_ids + 1),
                  values);
  const std::unique_ptr<SqlResult> rows = rows_in_time(connection_, statement, limits);
  if (!rows) return std::nullopt;
  if (rows->rows() > most_listed_ids) return std::nullopt;
  std::vector<std::string> ids;
  for (std::size_t row = 0; row < rows->rows(); ++row) ids.emplace_back(rows->cell(row, 0).value_or(""));
  return ids;
}

std::optional<PlanTally> SqlAdministration::tally(const Action& action, const JobFilter& filter,
                                                  const ReadLimits& asked) {
  // Where it is not counted in one look everything is listed, which takes many times as long.
  ReadLimits limits = asked;
  if (!limits.statement_timeout) limits.statement_timeout = 6 * connection_.usual_timeout();
  const ActionOffer offered = offer(action);
  if (!offered.possible) throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  if (!filter.error_groups.empty()) return std::nullopt;
  PlanTally tally;
  for (std::size_t index = 0; index < system_.relations.size(); ++index) {
    const BoundRelation& relation = system_.relations[index];
    // Texts of documents are looked at once more when a row is read.
    if (!relation.carriers.empty() &&
        !(filter.traces.empty() && filter.correlation_ids.empty() && filter.span_ids.empty()))
      return std::nullopt;
    Parameters parameters;
    Conditions conditions = make_conditions(filter, system_, relation, parameters, tally.warnings);
    if (conditions.nothing) continue;
    std::vector<std::string> terms = std::move(conditions.indexed);
    std::ranges::move(conditions.scanned, std::back_inserter(terms));
    if (std::string once = without_doubles(system_, index); !once.empty()) terms.push_back(std::move(once));
    const std::string where = terms.empty() ? "" : " WHERE " + all_of(terms);

    const SqlActionRule* rule = rule_for(action, index);
    std::string with, key = "0";
    bool listed = false;
    ActionValues values = values_of(action, {}, rule == nullptr || rule->resets_attempts);
    std::vector<const SqlSkipRule*> skips;
    if (rule != nullptr) {
      if (!rule->beside.empty() || relation.description->family != nullptr) return std::nullopt;
      const auto meets_needs = [&](const SqlActionStatement& one) { return meets(*rule, one.needs); };
      const auto tables = std::ranges::find_if(rule->with_all, meets_needs);
      if (tables != rule->with_all.end()) with = system_.expand(tables->text);
      if (with.empty() && std::ranges::any_of(rule->with, meets_needs)) return std::nullopt;
      skips = skips_of(*rule, action);
      std::string cases;
      for (std::size_t i = 0; i < skips.size(); ++i) {
        std::string condition = system_.expand(skips[i]->predicate);
        if (const auto ids = listed ? std::nullopt : ids_of_skip(*skips[i], with, values, limits)) {
          listed = true;
          values.ids = *ids;
          condition = ids->empty() ? "1 = 0" : is_one_of(system_);
        }
        cases += fmt::format(" WHEN {} THEN {}", condition, i + 1);
      }
      if (!cases.empty()) key = fmt::format("CASE{} ELSE 0 END", cases);
    }
    // The values of the action are bound in the key alone: what the filter says has its own parameters behind them.
    const std::string queue = or_null(relation.field(SqlField::queue), null_text(system_.flavour));
    const std::string joins = relation.joins_for(key + queue + where);
    SqlStatement statement =
        bind_values(system_,
                    fmt::format("{}SELECT reason, count(*), {} FROM (SELECT {} AS reason, {} AS queue FROM {} j{}",
                                with, as_text(system_.flavour, "queue"), key, queue, relation.table, joins),
                    values);
    append(statement,
           {where + std::string(closed_subquery(system_.flavour)) + ") r GROUP BY reason, queue", parameters.take()});
    const std::unique_ptr<SqlResult> rows = rows_in_time(connection_, statement, limits);
    if (!rows) return std::nullopt;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      PlanTally::Part& part = tally.parts.emplace_back();
      part.jobs = number_at(*rows, row, 1);
      if (const auto name = rows->cell(row, 2)) part.queue = Untrusted(std::string(*name));
      const std::uint64_t place = number_at(*rows, row, 0);
      if (rule == nullptr) {
        part.verdict = Verdict::skip;
        part.reason = no_row_here;
      } else if (place > 0) {
        const SqlSkipRule& skip = *skips.at(place - 1);
        part.verdict = skip.verdict;
        part.reason = system_.expand(skip.reason);
        part.may_force = skip.may_force;
      }
    }
  }
  return tally;
}

}  // namespace queuetrace

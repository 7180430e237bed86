// What can be done in SQL tables, and what would be done to which rows.
#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "backends/engines/sql/table_family.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// `text` with its first `{}` replaced.
std::string with_number(std::string_view text, std::uint64_t number) {
  const std::size_t at = text.find("{}");
  if (at == std::string_view::npos) return std::string(text);
  return fmt::format("{}{}{}", text.substr(0, at), number, text.substr(at + 2));
}

}  // namespace

bool SqlAdministration::meets(const SqlActionRule& rule, std::string_view needs) const {
  return system_.schema.meets(needs, relation_of(rule).description->table, system_.variant);
}

const BoundRelation& SqlAdministration::relation_of(const SqlActionRule& rule) const {
  for (const BoundRelation& relation : system_.relations)
    if (relation.description->name == rule.relation) return relation;
  return system_.relations.front();
}

std::string SqlAdministration::has_id() const {
  const std::string_view id = system_.system->id_expression;
  // Behind a SELECT the planner does not weigh each of the many ids by itself, which takes a part of finding them.
  const std::string condition =
      system_.flavour == SqlFlavour::postgresql
          ? fmt::format("{} = ANY({}[])", id, cast_to(system_.flavour, system_.system->id_type, "(SELECT {:ids})"))
          : equals_any(system_.flavour, system_.system->id_type, id, "{:ids}");
  // In one table for all queues the id alone does not tell a row.
  const BoundRelation& live = system_.relations.front();
  if (!system_.system->ids_by_queue || live.description->family != nullptr) return condition;
  return fmt::format("{} = {{:own_queue}} AND {}", live.field(SqlField::queue), condition);
}

const SqlActionRule* SqlAdministration::rule_for(const Action& action, std::size_t relation) const {
  if (relation >= system_.relations.size()) return nullptr;
  const std::string_view name = relation == 0 ? std::string_view() : system_.relations[relation].description->name;
  for (const SqlActionRule& rule : system_.system->actions)
    if (rule.action == action.kind && rule.relation == name && meets(rule, rule.needs)) return &rule;
  return nullptr;
}

std::vector<const SqlSkipRule*> SqlAdministration::skips_of(const SqlActionRule& rule, const Action& action) const {
  std::vector<const SqlSkipRule*> skips;
  for (const SqlSkipRule& skip : rule.skips)
    if (meets(rule, skip.needs) && !(skip.may_force && action.force)) skips.push_back(&skip);
  return skips;
}

const SqlRefusalRule* SqlAdministration::refusal_for(std::optional<ActionKind> action) const {
  for (const SqlRefusalRule& rule : system_.system->refusals)
    if (rule.action == action && system_.meets(rule.needs)) return &rule;
  return nullptr;
}

ActionOffer SqlAdministration::refused(std::optional<ActionKind> action, std::string_view word) const {
  ActionOffer offer;
  if (const SqlRefusalRule* refusal = refusal_for(action)) {
    offer.reason = system_.expand(refusal->reason);
    offer.nearest = system_.expand(refusal->nearest);
  } else {
    offer.reason = fmt::format("{} has no way to {}", system_.system->info.title, word);
  }
  return offer;
}

ActionOffer SqlAdministration::offer(const Action& action) const {
  const SqlActionRule* rule = rule_for(action, 0);
  if (rule == nullptr) return refused(action.kind, fmt::format("{} jobs", to_word(action.kind)));
  ActionOffer offer;
  if (action.front && std::ranges::none_of(rule->statements, [](const SqlActionStatement& statement) {
        return statement.text.find("{:front}") != std::string_view::npos;
      })) {
    offer.reason = fmt::format("{} has no place in front of the other jobs", system_.system->info.title);
    offer.nearest = "the same without --front: the job is taken in its turn";
    return offer;
  }
  offer.possible = true;
  offer.effect = system_.expand(rule->effect);
  offer.removes = action.kind == ActionKind::erase;
  if (!rule->warning.empty()) offer.warnings.push_back(system_.expand(rule->warning));
  if (!owners_code_.warning.empty()) offer.warnings.push_back(owners_code_.warning);
  return offer;
}

std::string SqlAdministration::size_of(const BoundRelation& relation) const {
  const LiveTable* const columns = system_.schema.find(relation.description->table);
  std::string sum = "bigint '0'";
  if (columns == nullptr || system_.flavour != SqlFlavour::postgresql) return "0";
  for (const auto& [name, type] : *columns) {
    const std::string column = "j." + quoted_identifier(name);
    if (type == "text" || type == "varchar" || type == "bytea")
      sum += fmt::format(" + coalesce(octet_length({}), 0)", column);
    else if (type == "json")
      sum += fmt::format(
          " + coalesce(CASE WHEN pg_column_size({0}) > 8192 THEN octet_length({0}::text) ELSE 8 * "
          "pg_column_size({0}) END, 0)",
          column);
    else if (type == "jsonb")  // what an operator returns is unpacked
      sum += fmt::format(
          " + coalesce(CASE WHEN pg_column_size({0}) > 8192 THEN pg_column_size({0} || '{{}}') ELSE 8 * "
          "pg_column_size({0}) END, 0)",
          column);
  }
  return sum;
}

std::uint64_t SqlAdministration::bytes_of(const Target& target) const {
  return target.locator.empty() ? 0 : read_locator(target.locator).bytes;
}

JudgedRows SqlAdministration::judge(const SqlActionRule& rule, const Action& action,
                                    const std::vector<std::string>& ids, Look look, const Run& run) const {
  JudgedRows judged;
  for (const TableJobs& jobs : by_table(*system_.system, ids)) judge_table(rule, action, jobs, look, run, judged);
  return judged;
}

void SqlAdministration::judge_table(const SqlActionRule& rule, const Action& action, const TableJobs& jobs, Look look,
                                    const Run& run, JudgedRows& judged) const {
  const BoundRelation& relation = relation_of(rule);
  const std::optional<std::string> table = system_.table_of(relation.description->table, jobs.queue);
  if (!table) return;
  const bool is_family = relation.description->family != nullptr;
  const std::vector<const SqlSkipRule*> skips = skips_of(rule, action);
  std::string skipped = "''";  // a digit each
  for (const SqlSkipRule* skip : skips)
    skipped += fmt::format(" || CASE WHEN {} THEN '1' ELSE '0' END", system_.expand(skip->predicate, jobs.queue));
  const bool plans = look == Look::plans;
  const std::string beside = rule.beside.empty() || !plans ? "0" : system_.expand(rule.beside, jobs.queue);
  const auto text_of = [&](const std::string& expression) {
    return expression.empty() ? std::string(null_text(system_.flavour)) : as_text(system_.flavour, expression);
  };
  const std::string columns = fmt::format(
      "{}, {}, {}, {}, {}, {}, {}, {}", text_of(std::string(system_.system->id_expression)),
      row_version(system_.flavour, "j", *system_.schema.find(*table)), text_of(relation.field(SqlField::native_state)),
      skipped, text_of(fmt::format("({})", beside)), text_of(relation.states.column()),
      text_of(relation.states.number()), text_of(plans ? size_of(relation) : "0"));
  const auto tables = std::ranges::find_if(rule.with, [&](const auto& one) { return meets(rule, one.needs); });
  const std::string with = tables == rule.with.end() ? std::string() : system_.expand(tables->text, jobs.queue);
  const std::string from =
      is_family ? member_rows(system_.flavour, system_.schema, *relation.description, jobs.queue) : relation.table;
  const SqlStatement statement = bind_values(
      system_,
      with + fmt::format("SELECT {} FROM {} j{} WHERE {}{}", columns, from, relation.joins_for(columns), has_id(),
                         look == Look::locks ? locks_rows(system_.flavour, "j", system_.system->id_expression) : ""),
      values_of(action, jobs, rule.resets_attempts));
  const std::unique_ptr<SqlResult> rows = run(statement);
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto text = [&](std::size_t column) { return rows->cell(row, column).value_or(""); };
    JudgedRow& out = judged[jobs.job_of(text(0))];
    out.version = text(1);
    const BoundState* state = relation.states.rule_of(rows->cell(row, 6));
    out.native_state = relation.states.native_of(state, rows->cell(row, 2), rows->cell(row, 5)).value_or("");
    const std::size_t first = text(3).find('1');
    if (first != std::string_view::npos) out.skip = skips.at(first);
    out.beside = number_at(*rows, row, 4);
    out.bytes = number_at(*rows, row, 7);
  }
}

TargetPage SqlAdministration::plan(const Action& action, const JobQuery& query) {
  const ActionOffer offered = offer(action);
  if (!offered.possible) throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  Page page = store_.list(query);
  TargetPage out{{}, page.next, page.scanned, page.truncated, std::move(page.warnings)};
  std::vector<std::string> ids;
  for (const Job& job : page.jobs) ids.push_back(job.ref.id.raw());
  const Run reading = [&](const SqlStatement& statement) {
    return connection_.query(statement, time_for_statement(query.limits, connection_));
  };
  for (Job& job : page.jobs) out.targets.emplace_back().job = std::move(job);

  // The live relation wins where an id is in several; rows of the others need rules of their own.
  for (std::size_t relation = 0; relation < system_.relations.size() && !ids.empty(); ++relation) {
    const SqlActionRule* rule = rule_for(action, relation);
    if (rule == nullptr) continue;
    const JudgedRows judged = judge(*rule, action, ids, Look::plans, reading);
    for (Target& target : out.targets) {
      const auto found = judged.find(target.job.ref.id.raw());
      if (!target.locator.empty() || found == judged.end()) continue;
      const JudgedRow& row = found->second;
      target.locator = write_locator({relation, row.version, row.bytes});
      const std::string seen = target.job.native_state ? target.job.native_state->raw() : std::string();
      if (seen != row.native_state) {
        target.verdict = Verdict::skip;
        target.reason = "it changed while the plan was made";
      } else if (row.skip != nullptr) {
        target.verdict = row.skip->verdict;
        target.reason = system_.expand(row.skip->reason);
        target.may_force = row.skip->may_force;
      } else if (row.beside > 0) {
        target.effect = with_number(rule->beside_text, row.beside);
      }
    }
  }
  for (Target& target : out.targets) {
    if (!target.locator.empty()) continue;
    target.verdict = Verdict::skip;
    target.reason = no_row_here;
  }
  return out;
}

ActionOffer SqlAdministration::offer_pause() const {
  const SqlPausing* pausing = system_.system->pausing;
  if (pausing == nullptr || !system_.meets(pausing->needs)) return refused(std::nullopt, "pause queues");
  ActionOffer offer;
  offer.possible = true;
  offer.effect = system_.expand(pausing->effect);
  return offer;
}

}  // namespace queuetrace

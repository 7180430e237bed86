// Every statement that changes jobs in SQL tables, run for one job while all others of its plan have changed meanwhile.
#include <fmt/format.h>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/table_jobs.hpp"
#include "tests/conformance/administered_fixture.hpp"
#include "tests/support/postgres_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// The rows of jobs in one table, as SQL.
struct Rows {
  std::string table;  ///< qualified and quoted
  std::string condition;
};

/// The rows of these jobs of a relation; in a family in the tables of their queues.
std::vector<Rows> rows_of(const BoundSystem& system, const BoundRelation& relation, const std::set<std::string>& jobs) {
  std::vector<Rows> out;
  for (const TableJobs& one : by_table(*system.system, {jobs.begin(), jobs.end()})) {
    std::string list;
    for (const std::string& id : one.rows) list += (list.empty() ? "'" : ", '") + id + "'";
    const std::string table = system.table_of(relation.description->table, one.queue).value();
    const bool has_others = system.system->ids_by_queue && relation.description->family == nullptr;
    const std::string of_queue =
        has_others ? fmt::format(" AND {} = $queue${}$queue$", relation.field(SqlField::queue), one.queue) : "";
    out.push_back({relation.description->family == nullptr ? relation.table : qualified_name(system.schema.name, table),
                   fmt::format("{}::text IN ({}){}", system.system->id_expression, list, of_queue)});
  }
  return out;
}

/// The first target that changes no other job with it; when all do, the first.
std::size_t alone_of(const std::vector<Target>& targets) {
  const auto found = std::ranges::find_if(targets, [](const Target& target) { return target.effect.empty(); });
  return found == targets.end() ? 0 : static_cast<std::size_t>(found - targets.begin());
}

/// Statements by the rules that hold them.
using Statements = std::set<const SqlActionStatement*>;

/// Plans the action for the jobs of one relation, lets somebody write to all but one of them, applies the plan, and
/// adds the statements that ran to `met`.
void meet_changed_jobs(LoadedFixture& loaded, SqlAdministration& administration, const Action& action,
                       std::size_t relation, Statements& met) {
  const SqlActionRule* rule = administration.rule_for(action, relation);
  if (rule == nullptr || rule->statements.empty()) return;
  const std::vector<Target> targets = only(plan_of(administration, action), [&](const Target& target) {
    return acts(target) && read_locator(target.locator).relation == relation;
  });
  if (targets.size() < 2) return;
  const std::size_t alone = alone_of(targets);
  std::set<std::string> touched;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (i != alone) touched.insert(targets[i].job.ref.id.raw());

  const BoundSystem& system = administration.system();
  const std::vector<Rows> written = rows_of(system, system.relations[relation], touched);
  const auto contents = [&] {
    std::string text;
    for (const Rows& rows : written)
      text += loaded.database()->ask(fmt::format("SELECT string_agg(j::text, ' ' ORDER BY {}) FROM {} j WHERE {}",
                                                 system.system->id_expression, rows.table, rows.condition));
    return text;
  };
  for (const Rows& rows : written) {
    // Numbers that the server gives cannot be written.
    const std::string column = loaded.database()->ask(fmt::format(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $name${}$name$::regclass AND attnum > 0 AND "
        "NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum LIMIT 1",
        rows.table));
    loaded.database()->run(fmt::format("UPDATE {0} j SET {1} = j.{1} WHERE {2}", rows.table, column, rows.condition));
  }
  const std::string before = contents();
  const std::vector<TargetReport> reports = administration.apply(action, targets, {});
  INFO(told(reports));
  REQUIRE(reports.size() == targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i)
    CHECK(reports[i].outcome == (i == alone ? Outcome::done : Outcome::changed));
  CHECK(contents() == before);
  for (const SqlActionStatement& statement : rule->statements)
    if (administration.meets(*rule, statement.needs)) met.insert(&statement);
}

}  // namespace

TEST_CASE("each statement that changes jobs meets jobs that changed after the plan was made, and leaves them") {
  Statements met;
  for (const Fixture& fixture : all_fixtures_and_variations()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    auto& administration = dynamic_cast<SqlAdministration&>(loaded.writable().administration());
    for (const Action& action : possible_actions(loaded)) {
      if (!action.force) continue;
      CAPTURE(described(action));
      for (std::size_t relation = 0; relation < administration.system().relations.size(); ++relation)
        meet_changed_jobs(loaded, administration, action, relation, met);
    }
  }
  const std::set<std::string> tested = systems_of(all_fixtures());
  for (const SqlSystem* system : sql_systems()) {
    if (system->flavour != SqlFlavour::postgresql || !tested.contains(std::string(system->info.name))) continue;
    CAPTURE(system->info.name);
    for (const SqlActionRule& rule : system->actions) {
      CAPTURE(to_word(rule.action));
      CAPTURE(rule.relation);
      CAPTURE(rule.needs);
      for (const SqlActionStatement& statement : rule.statements) {
        CAPTURE(statement.needs);
        CAPTURE(statement.text.substr(0, 120));
        CHECK(met.contains(&statement));
      }
    }
  }
}

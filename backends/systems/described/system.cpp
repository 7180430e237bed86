#include "backends/systems/described/system.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/systems/described/literal.hpp"
#include "backends/systems/described/peek.hpp"
#include "backends/systems/described/relation.hpp"
#include "backends/systems/described/time_sql.hpp"

namespace queuetrace::described {
namespace {

/// Whether the server knows it; in SQLite all that is_zone() allows is.
bool knows_zone(SqlConnection& connection, const std::string& zone, const Source& source) {
  if (zone.empty() || connection.flavour() == SqlFlavour::sqlite) return true;
  try {
    connection.query({"SELECT now() AT TIME ZONE $1::text", {zone}}, source.statement_timeout);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::internal) throw;
    return false;
  }
}

std::vector<FittedTable> find_tables(const SystemDescription& description, SqlConnection& connection,
                                     const Source& source, std::vector<ConfigurationProblem>& problems) {
  std::vector<FittedTable> found;
  const bool on_sqlite = connection.flavour() == SqlFlavour::sqlite;
  for (const TableDescription& table : description.tables) {
    const std::optional<std::string> schema = on_sqlite ? std::nullopt : table.schema ? table.schema : source.schema;
    std::optional<LiveTableColumns> live = read_columns(connection, table.table, schema, source.statement_timeout);
    if (!live) {
      if (&table == &description.tables.front()) return {};  // the others are beside it
      continue;
    }
    if (!found.empty() && found.front().live.schema != live->schema)
      problems.push_back(
          {table.line,
           fmt::format("table '{}' is in another schema than '{}'", table.table, found.front().description->table),
           "describe them as two systems"});
    if (!is_zone(connection.flavour(), table.zone) || !knows_zone(connection, table.zone, source))
      problems.push_back({table.line, fmt::format("zone '{}' is not known here", table.zone),
                          on_sqlite ? "SQLite takes UTC, or an offset such as +02:00" : ""});
    found.push_back({&table, std::move(*live)});
  }
  return found;
}

const LiveColumn* column_of(const FittedTable& table, const std::string& name) {
  const auto found = table.live.columns.find(name);
  return found == table.live.columns.end() ? nullptr : &found->second;
}

bool is_whole_number(const LiveColumn* column) {
  return column != nullptr && (column->kind == ColumnKind::integer ||
                               (column->kind == ColumnKind::dynamic && column->type.find("int") != std::string::npos));
}

/// Whether ids of two tables can be equal: both are numbers, with the same text before them.
void check_prefixes(const std::vector<FittedTable>& tables, std::vector<ConfigurationProblem>& problems) {
  for (std::size_t i = 1; i < tables.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      if (is_whole_number(column_of(tables[i], tables[i].description->id)) &&
          is_whole_number(column_of(tables[before], tables[before].description->id)) &&
          tables[i].description->prefix == tables[before].description->prefix)
        problems.push_back({tables[i].description->line,
                            fmt::format("ids of '{}' and '{}' are both numbers, so that two jobs may share one",
                                        tables[before].description->table, tables[i].description->table),
                            "give one of them a prefix, such as prefix = \"failed-\""});
}

std::string free_name(const std::vector<FittedTable>& tables, std::string name) {
  while (std::ranges::any_of(tables, [&](const FittedTable& table) { return table.live.columns.contains(name); }))
    name += '_';
  return name;
}

/// One table: its own columns. Several: those that all of them get.
SharedColumns set_keys(SqlFlavour flavour, const std::vector<FittedTable>& tables, OwnedSystem& owned) {
  const FittedTable& live = tables.front();
  const auto has_uuid = [](const FittedTable& table) {
    const LiveColumn* id = column_of(table, table.description->id);
    return id != nullptr && id->kind == ColumnKind::uuid && table.description->prefix.empty();
  };
  const bool created = std::ranges::any_of(
      tables, [](const FittedTable& table) { return table.description->columns.contains("created_at"); });
  SqlSystem& system = owned.system;
  SharedColumns shared;
  system.id_type = std::ranges::all_of(tables, has_uuid) ? SqlType::uuid : SqlType::text;
  if (tables.size() > 1 || !live.description->prefix.empty()) {
    shared.id = free_name(tables, "queuetrace_id");
    if (created) shared.created = free_name(tables, "queuetrace_created_at");
    system.id_expression = owned.keep("j." + quoted_name(shared.id));
    if (created)
      owned.newest = {{owned.keep("j." + quoted_name(shared.created)), SqlType::time, true},
                      {system.id_expression, system.id_type}};
  } else {
    const LiveColumn* id = column_of(live, live.description->id);
    const std::string column = "j." + quoted_name(live.description->id);
    const bool number = is_whole_number(id);
    if (number) system.id_type = SqlType::integer;
    const bool as_text = flavour == SqlFlavour::postgresql && system.id_type == SqlType::text &&
                         (id == nullptr || id->kind != ColumnKind::text);
    system.id_expression = owned.keep(as_text ? column + "::text" : column);
    if (number) {
      owned.newest = {{system.id_expression, SqlType::integer, true}};
      if (id->is_indexed) system.recent = system.id_expression;
    } else if (created) {
      TableSql sql(flavour, *live.description, live.live);
      const std::string time = sql.time("created_at").value_or("NULL");
      const LiveColumn* column_of_time = column_of(live, live.description->columns.at("created_at"));
      const bool filled = column_of_time != nullptr && column_of_time->is_filled &&
                          (column_of_time->kind == ColumnKind::zoned_time || column_of_time->kind == ColumnKind::time);
      owned.newest = {
          {owned.keep(filled ? time : fmt::format("coalesce({}, {})", time, before_all(flavour))), SqlType::time, true},
          {system.id_expression, system.id_type}};
    }
  }
  owned.storage = {{system.id_expression, system.id_type}};
  system.newest = owned.newest;
  system.storage = owned.storage;
  return shared;
}

void add_unknown_states(const SystemDescription& description, const StateRules& rules, OwnedSystem& owned) {
  const std::string none = rules.bound().condition(JobState::unknown);
  if (none.empty()) return;
  SqlDiagnosisRule rule{.code = "no-rule-fits",
                        .subject = "states",
                        .text = owned.keep(fmt::format("no rule of [systems.{}] fits these rows: their state is "
                                                       "unknown",
                                                       description.name)),
                        .predicate = owned.keep(none),
                        .scanned = true,
                        .remedy = "add a rule for them to states",
                        .in_check = true};
  if (!rules.column.empty())
    rule.groups = {"value", owned.keep(fmt::format("coalesce(CAST({} AS TEXT), 'NULL')", rules.column))};
  owned.diagnoses.push_back(rule);
}

/// What nothing in the database promises.
void add_unproven_id(const FittedTable& table, OwnedSystem& owned) {
  const LiveColumn* id = column_of(table, table.description->id);
  if (id == nullptr || (id->is_unique && id->is_filled)) return;
  owned.diagnoses.push_back({.code = "id-not-unique",
                             .subject = "ids",
                             .text = owned.keep(fmt::format("nothing in the database makes '{}' unique and never NULL: "
                                                            "rows that share one are listed as one job, or missed",
                                                            table.description->id)),
                             .remedy = "describe a column that is the primary key, or has a unique index",
                             .in_check = true});
}

void add_refusals(const SystemDescription& description, OwnedSystem& owned) {
  const std::string_view reason = owned.keep(fmt::format(
      "jobs of '{}' are read as the configuration describes them: how its workers expect changes is not known",
      description.name));
  for (const ActionKind action : {ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move})
    owned.refusals.push_back({action, reason, "change them with the application's own means"});
  owned.refusals.push_back({std::nullopt, reason, "pause the queue with the application's own means"});
}

/// Each problem once, in the order of the file.
std::vector<ConfigurationProblem> once(std::vector<ConfigurationProblem> problems) {
  std::ranges::stable_sort(problems, {}, &ConfigurationProblem::line);
  std::vector<ConfigurationProblem> out;
  for (ConfigurationProblem& problem : problems)
    if (std::ranges::find(out, problem.text, &ConfigurationProblem::text) == out.end())
      out.push_back(std::move(problem));
  return out;
}

}  // namespace

Fitting compare(const SystemDescription& description, const SystemInfo& info, SqlConnection& connection,
                const Source& source) {
  std::vector<ConfigurationProblem> problems;
  const std::vector<FittedTable> tables = find_tables(description, connection, source, problems);
  if (tables.empty()) return {};
  const SqlFlavour flavour = connection.flavour();
  const auto owned = std::make_shared<OwnedSystem>();
  SqlSystem& system = owned->system;
  system.info = info;
  system.info.family = flavour == SqlFlavour::sqlite ? StorageFamily::sqlite : StorageFamily::postgresql;
  system.flavour = flavour;
  if (tables.front().description->schema && flavour == SqlFlavour::postgresql)
    system.schema = owned->keep(*tables.front().description->schema);
  check_prefixes(tables, problems);
  SharedColumns shared;
  collect(problems, tables.front().description->line, "columns.created_at",
          [&] { shared = set_keys(flavour, tables, *owned); });
  owned->relations.reserve(tables.size());
  for (const FittedTable& table : tables) {
    const StateRules rules = add_relation(flavour, table, shared, *owned, problems);
    check_order(flavour, table, problems);
    if (&table != &tables.front() || !problems.empty()) continue;
    add_unknown_states(description, rules, *owned);
    add_unproven_id(table, *owned);
    add_peek(flavour, table, rules, *owned);
  }
  if (!problems.empty()) return {nullptr, once(std::move(problems))};
  add_refusals(description, *owned);
  system.probe = owned->keep(quoted_identifier(tables.front().description->id));
  system.relations = owned->relations;
  system.peek = owned->peek;
  system.waiting = owned->waiting;
  system.stale = owned->stale;
  system.indexes = owned->indexes;
  system.diagnoses = owned->diagnoses;
  system.refusals = owned->refusals;
  if (!consistent(system))
    throw Error(ErrorKind::internal,
                fmt::format("[systems.{}] makes a description that contradicts itself", description.name));
  return {{owned, &owned->system}, {}};
}

}  // namespace queuetrace::described

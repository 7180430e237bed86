// Puts rows back as they were before a change, where they are still as it left them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/stored_values.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr const char* moved_on = "it is not as the change left it";

}  // namespace

std::vector<const SqlBackupTable*> SqlAdministration::kept_tables() const {
  std::vector<const SqlBackupTable*> tables;
  for (const SqlBackupTable& table : system_.system->backup)
    if (system_.meets(table.needs)) tables.push_back(&table);
  if (const SqlPausing* pausing = system_.system->pausing; pausing != nullptr) tables.push_back(&pausing->kept);
  return tables;
}

const SqlBackupTable* SqlAdministration::kept_table(std::string_view table) const {
  const std::vector<const SqlBackupTable*> tables = kept_tables();
  const auto found = std::ranges::find(tables, table, [](const SqlBackupTable* one) { return one->table; });
  return found == tables.end() ? nullptr : *found;
}

/// A queue's pause belongs to no job.
std::vector<std::string> SqlAdministration::owners_of(const BackupRecord& record,
                                                      const std::vector<RowChange>& changes) const {
  const SqlPausing* pausing = system_.system->pausing;
  if (pausing != nullptr && changes.front().table == pausing->kept.table) return {};
  std::vector<std::string> owners{record.id.raw()};
  for (const RowChange& change : changes)
    if (!change.of.empty() && change.of != owners.back()) owners.push_back(change.of);
  return owners;
}

void SqlAdministration::report_moved_on(const BackupRecord& record, const std::vector<RowChange>& changes,
                                        const RowChange& moved, TargetReport& report) const {
  std::vector<std::string> others = owners_of(record, changes);
  others.erase(others.begin(), others.begin() + (others.empty() ? 0 : 1));
  if (others.empty()) return report.set(Outcome::changed, moved_on);
  constexpr std::size_t most_named = 20;
  const std::size_t named = std::min(others.size(), most_named);
  std::string command = "queuetrace job retry " + record.id.raw();
  for (std::size_t i = 0; i < named; ++i) command += " " + others[i];
  if (others.size() > named) command += fmt::format(", and {} more", others.size() - named);
  std::string what = moved_on;
  if (!moved.of.empty()) what = moved.of + ", which changed with it, is not as the change left it";
  if (!is_printable_ascii(command) || !is_printable_ascii(what))  // the file may be anybody's
    return report.set(Outcome::changed, "it, or a job that changed with it, is not as the change left it");
  report.set(Outcome::changed, what + ", and they are undone together or not at all; to run again: " + command);
}

std::string SqlAdministration::queue_of(const std::vector<std::string>& owners) const {
  return owners.empty() ? std::string() : by_table(*system_.system, owners).front().queue;
}

std::map<std::string, std::vector<StoredRow>> SqlAdministration::rows_by_owner(const std::vector<std::string>& ids,
                                                                               const Run& run) const {
  std::map<std::string, std::vector<StoredRow>> rows;
  if (ids.empty()) return rows;
  const std::vector<TableJobs> jobs = by_table(*system_.system, ids);
  for (const SqlBackupTable& table : system_.system->backup)
    for (StoredRow& row : stored_rows(table, jobs, run)) rows[row.owner].push_back(std::move(row));
  return rows;
}

std::string SqlAdministration::name_of(const RowChange& change, const std::string& queue) const {
  return qualified_name(system_.schema.name, system_.table_of(change.table, queue).value_or(change.table));
}

std::string SqlAdministration::at_place(const RowChange& change, const std::string& queue,
                                        SqlStatement& statement) const {
  const LiveTable& live = *system_.schema.find(system_.table_of(change.table, queue).value_or(change.table));
  return is_at_place(system_.flavour, "t", live, change.is, statement.parameters);
}

bool SqlAdministration::is_in_place(const RowChange& change, const std::string& queue, bool lock,
                                    const Run& run) const {
  SqlStatement statement;
  const std::string place = at_place(change, queue, statement);
  statement.text = fmt::format("SELECT 1 FROM {} t WHERE {}{}", name_of(change, queue), place,
                               lock ? locks_rows(system_.flavour, "t") : "");
  return run(statement)->rows() == 1;
}

void SqlAdministration::take_back(const RowChange& change, const std::string& queue,
                                  SqlTransaction& transaction) const {
  if (change.was && change.was->empty()) return;  // written, and as it was
  const SqlBackupTable& table = *kept_table(change.table);
  const std::string name = name_of(change, queue);
  SqlStatement statement;
  std::string columns;
  for (const auto& [column, text] : change.was.value_or(StoredRow::Columns())) {
    KeptParameter kept = value_of(table, column, text, statement.parameters.size() + 1);
    statement.parameters.push_back(std::move(kept.value));
    columns += fmt::format("{}{} = {}", columns.empty() ? "" : ", ", quoted_identifier(column), kept.expression);
  }
  const std::string place = at_place(change, queue, statement);
  statement.text = change.was ? fmt::format("UPDATE {} AS t SET {} WHERE {} RETURNING 1", name, columns, place)
                              : fmt::format("DELETE FROM {} AS t WHERE {} RETURNING 1", name, place);
  if (transaction.run(statement)->rows() != 1)
    throw Error(ErrorKind::refused, "the server changed nothing, though it could");
}

bool SqlAdministration::undo_rows(const BackupRecord& record, const std::vector<RowChange>& changes,
                                  TargetReport& report, SqlTransaction& transaction) const {
  const std::vector<std::string> owners = owners_of(record, changes);
  const std::string queue = queue_of(owners);
  const Run run = [&](const SqlStatement& statement) { return transaction.run(statement); };
  if (is_as_before(owners, changes, run)) {
    report.set(Outcome::already, "it is as it was");
    return false;
  }
  std::set<std::string> known;  // places
  for (const auto& [owner, rows] : rows_by_owner(owners, run))
    for (const StoredRow& row : rows) known.insert(row.place);
  std::vector<const RowChange*> there;
  for (const SqlBackupTable* table : kept_tables()) {  // locked in the order in which everybody does it
    for (const RowChange& change : changes) {
      if (change.table != table->table) continue;
      if (change.is.empty() || is_in_place(change, queue, true, run)) {
        there.push_back(&change);
      } else if (!table->shared) {  // what other jobs have too is left as they made it
        if (is_in_place(change, queue, false, run))
          report.set(Outcome::skipped, "another session is changing it");
        else
          report_moved_on(record, changes, change, report);
        return false;
      }
    }
  }
  for (auto change = there.rbegin(); change != there.rend(); ++change)
    if (!(*change)->was) take_back(**change, queue, transaction);
  for (const RowChange* change : there)
    if (change->was && !change->is.empty()) take_back(*change, queue, transaction);
  for (const RowChange* change : there) {
    if (!change->was || !change->is.empty()) continue;
    const SqlBackupTable& table = *kept_table(change->table);
    if (put_back(table, {change->table, {}, {}, *change->was}, queue, transaction) || table.shared) continue;
    report.set(Outcome::skipped, "another row is in its place, or holds what must be unique");
    return false;
  }
  // What triggers wrote meanwhile was not there before.
  for (const auto& [owner, rows] : rows_by_owner(owners, run))
    for (const StoredRow& row : rows) {
      const bool ours = known.contains(row.place) || relation_in(row.table) || kept_table(row.table)->shared ||
                        std::ranges::any_of(there, [&](const RowChange* change) {
                          return change->was && change->table == row.table && holds(row, *change->was);
                        });
      if (!ours) take_back({row.table, std::nullopt, row.place}, queue, transaction);
    }
  if (owners.empty() || is_as_before(owners, changes, run)) return true;
  report.set(Outcome::skipped, "the server writes something else than what was there");
  return false;
}

bool SqlAdministration::is_as_before(const std::vector<std::string>& owners, const std::vector<RowChange>& changes,
                                     const Run& run) const {
  const std::string queue = queue_of(owners);
  const auto rows = rows_by_owner(owners, run);
  const auto is_there = [&](const RowChange& change) {
    return std::ranges::any_of(rows, [&](const auto& of) {
      return std::ranges::any_of(
          of.second, [&](const StoredRow& row) { return row.table == change.table && holds(row, *change.was); });
    });
  };
  bool any = false;
  for (const RowChange& change : changes) {
    if (!relation_in(change.table)) continue;
    any = true;
    if (change.was ? !is_there(change) : is_in_place(change, queue, false, run)) return false;
  }
  return any;
}

void SqlAdministration::undo_one(const BackupRecord& record, const std::vector<RowChange>& changes,
                                 TargetReport& report, const ReadLimits& limits) {
  const std::unique_ptr<SqlTransaction> transaction = begin_write(limits, {});
  if (!undo_rows(record, changes, report, *transaction)) return;  // rolled back
  try {
    transaction->commit();
  } catch (const Error& error) {
    if (!is_unanswered(error.kind())) throw;
    report.set(Outcome::unknown, "the connection was lost before the server answered", error.cause());
  }
}

std::vector<TargetReport> SqlAdministration::undo(std::vector<BackupRecord> records, bool dry_run,
                                                  const ReadLimits& limits) {
  std::vector<std::vector<RowChange>> contents;
  std::vector<std::optional<std::string>> refusals;
  for (BackupRecord& record : records) {
    refusals.push_back(refusal_in(record));
    contents.push_back(refusals.back() ? std::vector<RowChange>() : read_changes(std::move(record.content)));
    for (const RowChange& change : contents.back())
      if (system_.schema.find(change.table) == nullptr || kept_table(change.table) == nullptr)
        throw Error(ErrorKind::refused, "what was kept of the change is of a table that is not there any more")
            .because(Untrusted(change.table));
  }
  const Run reading = [&](const SqlStatement& statement) {
    return connection_.query(statement, time_for_statement(limits, connection_));
  };
  std::vector<TargetReport> reports(records.size());
  bool changed = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    reports[i].id = records[i].id;
    if (refusals[i]) {
      reports[i].set(Outcome::skipped, *refusals[i]);
      continue;
    }
    if (!dry_run && is_over(limits)) {
      reports[i].set(Outcome::skipped, "stopped before its turn");
      continue;
    }
    try {
      if (dry_run) {
        const std::string queue = queue_of(owners_of(records[i], contents[i]));
        const auto moved = std::ranges::find_if(contents[i], [&](const RowChange& change) {
          return !change.is.empty() && !kept_table(change.table)->shared && !is_in_place(change, queue, false, reading);
        });
        if (moved == contents[i].end()) continue;
        if (is_as_before(owners_of(records[i], contents[i]), contents[i], reading))
          reports[i].set(Outcome::already, "it is as it was");
        else
          report_moved_on(records[i], contents[i], *moved, reports[i]);
        continue;
      }
      undo_one(records[i], contents[i], reports[i], limits);
      changed = changed || reports[i].outcome == Outcome::done || reports[i].outcome == Outcome::unknown;
    } catch (const Error& error) {
      const bool lost = is_unanswered(error.kind()) || error.kind() == ErrorKind::authentication;
      if ((lost && !changed && !is_time_out(error)) || dry_run) throw;
      reports[i].set(Outcome::failed, error.what(), error.cause());
    }
  }
  return reports;
}

}  // namespace queuetrace

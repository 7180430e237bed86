// Whole rows out of the tables that make up a job, each column in its text form, and back.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/kept_value.hpp"
#include "backends/engines/sql/row_content.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const StoredRow& row) {
  Json columns = Json::object();
  for (const auto& [name, text] : row.columns) columns[name] = text ? Json(*text) : Json();
  return columns;
}

/// What is kept of a job while its rows are read.
struct Kept {
  RowLocator seen;  ///< by the plan
  bool unchanged = false;
  std::string rows;  ///< ContentWriter::row(), separated by commas
};

/// `text` with the first `part` replaced.
std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

}  // namespace

std::optional<std::size_t> SqlAdministration::relation_in(std::string_view table) const {
  for (std::size_t i = 0; i < system_.relations.size(); ++i)
    if (system_.relations[i].description->table == table) return i;
  return std::nullopt;
}

std::vector<std::string_view> SqlAdministration::stored_columns(const SqlBackupTable& table,
                                                                const std::string& queue) const {
  std::vector<std::string_view> names;
  const std::optional<std::string> live = system_.table_of(table.table, queue);
  const LiveTable* columns = live ? system_.schema.find(*live) : nullptr;
  if (columns == nullptr || !system_.meets(table.needs)) return names;
  for (const auto& [name, type] : *columns)
    if (!type.starts_with("generated ")) names.push_back(name);
  return names;
}

std::unique_ptr<SqlResult> SqlAdministration::read_stored(const SqlBackupTable& table,
                                                          const std::vector<std::string_view>& names,
                                                          const TableJobs& jobs, const Run& run) const {
  const std::string live = system_.table_of(table.table, jobs.queue).value_or("");
  std::string list;
  for (const std::string_view name : names)
    list += fmt::format(", {}", kept_value(system_.flavour, "t." + quoted_identifier(name)));
  ActionValues values;
  values.ids = jobs.rows;
  values.queue = jobs.queue;
  return run(bind_values(system_,
                         fmt::format("SELECT {}, {}, {}{} FROM {} t {} WHERE {}", as_text(system_.flavour, table.owner),
                                     row_version(system_.flavour, "t", *system_.schema.find(live)),
                                     row_place(system_.flavour, "t", *system_.schema.find(live)), list,
                                     qualified_name(system_.schema.name, live), system_.expand(table.join, jobs.queue),
                                     system_.expand(table.condition, jobs.queue)),
                         values));
}

std::vector<StoredRow> SqlAdministration::stored_rows(const SqlBackupTable& table,
                                                      const std::vector<TableJobs>& of_tables, const Run& run) const {
  std::vector<StoredRow> out;
  for (const TableJobs& jobs : of_tables) {
    const std::vector<std::string_view> names = stored_columns(table, jobs.queue);
    if (names.empty()) continue;
    const std::unique_ptr<SqlResult> rows = read_stored(table, names, jobs, run);
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      StoredRow& stored = out.emplace_back();
      stored.table = table.table;
      stored.owner = jobs.job_of(rows->cell(row, 0).value_or(""));
      stored.place = rows->cell(row, 2).value_or("");
      std::size_t column = 3;
      for (const std::string_view name : names) {
        const std::optional<std::string_view> text = rows->cell(row, column++);
        stored.columns[std::string(name)] = text ? std::optional(std::string(*text)) : std::nullopt;
      }
    }
  }
  return out;
}

std::vector<BackupRecord> SqlAdministration::back_up(std::span<const Target> targets, const ReadLimits& limits) {
  std::vector<std::string> ids;
  std::unordered_map<std::string, Kept> jobs;
  for (const Target& target : targets) {
    if (target.locator.empty()) continue;  // the plan did not find it
    ids.push_back(target.job.ref.id.raw());
    jobs[ids.back()].seen = read_locator(target.locator);
  }
  const Run reading = [&](const SqlStatement& statement) {
    return connection_.query(statement, time_for_statement(limits, connection_));
  };
  // The job's own table last: a job that is still unchanged then had all its other rows when those were read.
  for (std::size_t i = system_.system->backup.size(); i-- > 0;) {
    const SqlBackupTable& table = system_.system->backup[i];
    const std::optional<std::size_t> relation = relation_in(table.table);
    for (const TableJobs& of_table : by_table(*system_.system, ids)) {
      const std::vector<std::string_view> names = stored_columns(table, of_table.queue);
      if (names.empty()) continue;
      const ContentWriter writer(table.table, names);
      const std::unique_ptr<SqlResult> rows = read_stored(table, names, of_table, reading);
      for (std::size_t row = rows->rows(); row-- > 0;) {
        const std::string owner = of_table.job_of(rows->cell(row, 0).value_or(""));
        Kept& job = jobs[owner];
        if (relation == job.seen.relation && rows->cell(row, 1).value_or("") == job.seen.version) job.unchanged = true;
        try {
          std::string content = writer.row(*rows, row, 3);
          job.rows = job.rows.empty() ? std::move(content) : content + "," + job.rows;
        } catch (const Json::type_error&) {
          throw Error(ErrorKind::refused, "a job holds bytes that are not UTF-8, which a backup file cannot hold")
              .because(Untrusted(owner));
        }
      }
    }
  }
  std::vector<BackupRecord> records;
  for (const std::string& id : ids) {
    Kept& job = jobs[id];
    if (!job.unchanged) continue;
    job.rows.insert(0, "{\"rows\":[");
    job.rows += "]}";
    records.push_back({Untrusted(id), std::move(job.rows)});
  }
  return records;
}

KeptParameter SqlAdministration::value_of(const SqlBackupTable& table, std::string_view column,
                                          std::optional<std::string> kept, std::size_t parameter) const {
  std::optional<KeptParameter> value = to_be_put_back(system_.flavour, std::move(kept), fmt::format("${}", parameter));
  if (!value) throw unreadable_backup();
  if (const auto weak = std::ranges::find(table.weak, column, &SqlWeakColumn::name); weak != table.weak.end())
    value->expression =
        replaced(system_.expand(weak->value), "{:old}", cast_to(system_.flavour, SqlType::text, value->expression));
  return *std::move(value);
}

bool SqlAdministration::put_back(const SqlBackupTable& table, StoredRow row, const std::string& queue,
                                 SqlTransaction& transaction) const {
  if (!table.put_back.empty()) {
    ActionValues values;
    values.row = json_of(row).dump();
    return transaction.run(bind_values(system_, system_.expand(table.put_back, queue), values))->rows() > 0;
  }
  const std::string place = system_.table_of(row.table, queue).value_or("");
  const LiveTable& live = *system_.schema.find(place);
  SqlStatement statement;
  std::string names, places;
  for (auto& [name, text] : row.columns) {
    if (!live.contains(name)) {
      if (!text) continue;
      throw Error(ErrorKind::refused, fmt::format("{} has lost a column that the backup holds", place))
          .because(Untrusted(name));
    }
    KeptParameter kept = value_of(table, name, std::move(text), statement.parameters.size() + 1);
    statement.parameters.push_back(std::move(kept.value));
    names += fmt::format("{}{}", names.empty() ? "" : ", ", quoted_identifier(name));
    places += (places.empty() ? "" : ", ") + kept.expression;
  }
  statement.text = fmt::format("INSERT INTO {} ({}){} VALUES ({}) ON CONFLICT DO NOTHING RETURNING 1",
                               qualified_name(system_.schema.name, place), names,
                               system_.flavour == SqlFlavour::postgresql ? " OVERRIDING SYSTEM VALUE" : "", places);
  return transaction.run(statement)->rows() > 0;
}

void SqlAdministration::restore_one(const BackupRecord& record, std::vector<StoredRow> rows, TargetReport& report,
                                    const ReadLimits& limits) {
  const std::unique_ptr<SqlTransaction> transaction = begin_write(limits, {});
  const TableJobs job = by_table(*system_.system, {record.id.raw()}).front();
  ActionValues values;
  values.ids = job.rows;
  values.queue = job.queue;
  for (const SqlBackupTable& table : system_.system->backup) {
    if (!system_.meets(table.needs)) continue;
    bool any = false;
    for (StoredRow& row : rows) {
      if (row.table != table.table) continue;
      if (!put_back(table, std::move(row), job.queue, *transaction) && !table.shared) {
        report.outcome = Outcome::skipped;
        report.reason = relation_in(table.table) ? "another row is in its place, or holds what must be unique"
                                                 : fmt::format("a row of {} is there already",
                                                               system_.table_of(table.table, job.queue).value_or(""));
        return;  // rolled back
      }
      any = true;
    }
    if (any && !table.afterwards.empty())
      transaction->run(bind_values(system_, system_.expand(table.afterwards, job.queue), values));
  }
  try {
    transaction->commit();
  } catch (const Error& error) {
    if (!is_unanswered(error.kind())) throw;
    report.outcome = Outcome::unknown;
    report.reason = "the connection was lost before the server answered";
    report.cause = error.cause();
  }
}

std::vector<TargetReport> SqlAdministration::restore(std::vector<BackupRecord> records, bool dry_run,
                                                     const ReadLimits& limits) {
  if (system_.system->backup.empty())
    throw Error(ErrorKind::refused, fmt::format("nothing can be put back into {}", system_.system->info.title));
  std::vector<std::string> ids;
  std::vector<std::vector<StoredRow>> contents;
  for (BackupRecord& record : records) {
    ids.push_back(record.id.raw());
    contents.push_back(kept_rows_in(std::move(record.content)));
    for (const StoredRow& row : contents.back())
      if (system_.schema.find(row.table) == nullptr ||
          std::ranges::find(system_.system->backup, row.table, &SqlBackupTable::table) == system_.system->backup.end())
        throw unreadable_backup();
  }
  const Run reading = [&](const SqlStatement& statement) {
    return connection_.query(statement, time_for_statement(limits, connection_));
  };
  std::map<std::string, std::vector<StoredRow>> there;
  for (const SqlBackupTable& table : system_.system->backup)
    if (relation_in(table.table))
      for (StoredRow& row : stored_rows(table, by_table(*system_.system, ids), reading))
        there[row.owner].push_back(std::move(row));

  std::vector<TargetReport> reports(records.size());
  bool changed = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    reports[i].id = records[i].id;
    if (const auto found = there.find(ids[i]); found != there.end()) {
      const bool same = std::ranges::all_of(contents[i], [&](const StoredRow& kept) {
        return !relation_in(kept.table) || std::ranges::any_of(found->second, [&](const StoredRow& live) {
          return kept.table == live.table && holds(live, kept.columns);
        });
      });
      reports[i].outcome = same ? Outcome::already : Outcome::skipped;
      reports[i].reason = same ? "it is there as it was" : "another job is there under its id, or it has changed since";
      continue;
    }
    const std::string queue = by_table(*system_.system, {ids[i]}).front().queue;
    if (!std::ranges::all_of(contents[i],
                             [&](const StoredRow& row) { return system_.table_of(row.table, queue).has_value(); })) {
      reports[i].set(Outcome::failed, "its queue has no table here any more");
      continue;
    }
    if (dry_run) continue;
    if (is_over(limits)) {
      reports[i].set(Outcome::skipped, "stopped before its turn");
      continue;
    }
    try {
      restore_one(records[i], std::move(contents[i]), reports[i], limits);
      changed = changed || reports[i].outcome == Outcome::done || reports[i].outcome == Outcome::unknown;
    } catch (const Error& error) {
      const bool lost = is_unanswered(error.kind()) || error.kind() == ErrorKind::authentication;
      if (lost && !changed && !is_time_out(error)) throw;
      reports[i].outcome = Outcome::failed;
      reports[i].reason = error.what();
      reports[i].cause = error.cause();
    }
  }
  return reports;
}

}  // namespace queuetrace

// Whole rows out of the tables that make up a job, as JSON, and back.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "backends/sql/flavour.hpp"
#include "backends/sql/sql_administration.hpp"
#include "backends/sql/statement_limits.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

/// Content of a BackupRecord: {"rows": [{"table": name, "row": JSON text as the server wrote it}, ...]}. The row is
/// kept as a string, so that no number in it is ever read and written again.
struct BackupRow {
  std::string table;
  std::string row;
};

std::vector<BackupRow> read_content(const BackupRecord& record) {
  const Json content = Json::parse(record.content, nullptr, false);
  std::vector<BackupRow> rows;
  if (content.is_object() && content.contains("rows") && content["rows"].is_array())
    for (const Json& row : content["rows"]) {
      if (!row.is_object() || !row.contains("table") || !row.contains("row")) continue;
      if (row["table"].is_string() && row["row"].is_string())
        rows.push_back({row["table"].get<std::string>(), row["row"].get<std::string>()});
    }
  if (rows.empty())
    throw Error(ErrorKind::usage, "the backup holds a record that this source cannot read")
        .with_hint("was it made from another kind of queue system?");
  return rows;
}

}  // namespace

std::vector<BackupRecord> SqlAdministration::back_up(std::span<const Target> targets, const ReadLimits& limits) {
  std::vector<std::string> ids;
  std::map<std::string, std::string> versions;
  for (const Target& target : targets) {
    ids.push_back(target.job.ref.id.raw());
    versions[ids.back()] = read_locator(target.locator).version;
  }
  std::map<std::string, Json> rows_of;
  ActionValues values;
  values.ids = ids;
  bool own = true;
  for (const SqlBackupTable& table : system_.system->backup) {
    if (!system_.meets(table.needs)) continue;
    const std::unique_ptr<SqlResult> rows = connection_.query(
        bind_values(system_,
                    fmt::format("SELECT {}, {}, row_to_json(t)::text FROM {} t WHERE {}",
                                as_text(system_.flavour, table.owner), row_version(system_.flavour, "t"),
                                qualified_name(system_.schema.name, table.table), table.condition),
                    values),
        time_for_statement(limits));
    for (std::size_t row = 0; row < rows->rows(); ++row) {
      const std::string id(rows->cell(row, 0).value_or(""));
      // A job that changed is not going to be touched; its other rows are left out with it.
      if (own && rows->cell(row, 1).value_or("") != versions[id]) continue;
      if (!own && !rows_of.contains(id)) continue;
      rows_of[id].push_back(
          {{"table", std::string(table.table)}, {"row", std::string(rows->cell(row, 2).value_or("null"))}});
    }
    own = false;
  }
  std::vector<BackupRecord> records;
  for (const std::string& id : ids)
    if (const auto found = rows_of.find(id); found != rows_of.end())
      records.push_back({Untrusted(id), Json{{"rows", std::move(found->second)}}.dump(-1, ' ', false,
                                                                                      Json::error_handler_t::replace)});
  return records;
}

std::map<std::string, std::string> SqlAdministration::rows_there(const std::vector<std::string>& ids,
                                                                 const Run& run) const {
  const SqlBackupTable& own = system_.system->backup.front();
  ActionValues values;
  values.ids = ids;
  const std::unique_ptr<SqlResult> rows = run(
      bind_values(system_,
                  fmt::format("SELECT {}, row_to_json(t)::text FROM {} t WHERE {}", as_text(system_.flavour, own.owner),
                              qualified_name(system_.schema.name, own.table), own.condition),
                  values));
  std::map<std::string, std::string> there;
  for (std::size_t row = 0; row < rows->rows(); ++row)
    there.emplace(rows->cell(row, 0).value_or(""), rows->cell(row, 1).value_or(""));
  return there;
}

void SqlAdministration::restore_one(const BackupRecord& record, TargetReport& report, const ReadLimits& limits) {
  const std::vector<BackupRow> rows = read_content(record);
  const std::unique_ptr<SqlTransaction> transaction = connection_.begin_write(time_for_statement(limits));
  ActionValues values;
  values.ids = {record.id.raw()};
  bool own = true;
  for (const SqlBackupTable& table : system_.system->backup) {
    if (!system_.meets(table.needs)) continue;
    const std::string name = qualified_name(system_.schema.name, table.table);
    for (const BackupRow& row : rows) {
      if (row.table != table.table) continue;
      const std::unique_ptr<SqlResult> inserted = transaction->run(
          {fmt::format("INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT r.* FROM "
                       "json_populate_record(NULL::{0}, $1::json) r ON CONFLICT DO NOTHING RETURNING 1",
                       name),
           {row.row}});
      if (inserted->rows() == 0) {
        report.outcome = own ? Outcome::skipped : Outcome::failed;
        report.reason = own ? "another row is in its place, or holds what must be unique"
                            : fmt::format("a row of {} is there already", table.table);
        return;  // rolled back
      }
    }
    if (own && !table.afterwards.empty()) transaction->run(bind_values(system_, table.afterwards, values));
    own = false;
  }
  try {
    transaction->commit();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unreachable) throw;
    report.outcome = Outcome::unknown;
    report.reason = "the connection was lost before the server answered";
  }
}

std::vector<TargetReport> SqlAdministration::restore(std::span<const BackupRecord> records, bool dry_run,
                                                     const ReadLimits& limits) {
  if (system_.system->backup.empty())
    throw Error(ErrorKind::refused, fmt::format("nothing can be put back into {}", system_.system->info.title));
  std::vector<std::string> ids;
  for (const BackupRecord& record : records) ids.push_back(record.id.raw());
  const std::map<std::string, std::string> there = rows_there(
      ids, [&](const SqlStatement& statement) { return connection_.query(statement, time_for_statement(limits)); });
  std::vector<TargetReport> reports(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    reports[i].id = records[i].id;
    if (const auto found = there.find(ids[i]); found != there.end()) {
      const bool same = read_content(records[i]).front().row == found->second;
      reports[i].outcome = same ? Outcome::already : Outcome::skipped;
      reports[i].reason = same ? "it is there as it was" : "another job is there under its id, or it has changed since";
      continue;
    }
    if (dry_run) continue;
    try {
      restore_one(records[i], reports[i], limits);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::unreachable && !is_time_out(error)) throw;
      if (error.kind() == ErrorKind::authentication) throw;
      reports[i].outcome = Outcome::failed;
      reports[i].reason = error.what();
      reports[i].cause = error.cause();
    }
  }
  return reports;
}

}  // namespace queuetrace

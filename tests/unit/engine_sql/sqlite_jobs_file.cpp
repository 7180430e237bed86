#include "tests/unit/engine_sql/sqlite_jobs_file.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <fstream>

#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;

constexpr std::array fields{SqlFieldRule{SqlField::id, "j.id"}, SqlFieldRule{SqlField::queue, "j.queue"},
                            SqlFieldRule{SqlField::native_state, "j.state"},
                            SqlFieldRule{SqlField::payload, "j.payload"}};
constexpr std::array states{SqlStateRule{JobState::dead, "'dead'"}, SqlStateRule{JobState::running, "'running'"},
                            SqlStateRule{JobState::pending, "'new'"}};
constexpr std::array relations{
    SqlRelation{.name = "jobs", .table = "file_jobs", .fields = fields, .state = "j.state", .states = states}};
constexpr std::array<std::string_view, 2> tables{"file_notes", "file_pauses"};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

constexpr std::array retry_skips{
    SqlSkipRule{"j.state = 'new'", "it waits already", Verdict::already},
    SqlSkipRule{"j.state = 'running'", "it is running", Verdict::skip, true},
    SqlSkipRule{"EXISTS (SELECT 1 FROM {file_pauses} p WHERE p.queue = j.queue)", "its queue is paused"}};
constexpr std::array retry_statements{SqlActionStatement{
    "UPDATE {file_jobs} AS j SET state = 'new', tries = CASE WHEN {:reset_attempts} THEN 0 ELSE j.tries END WHERE j.id "
    "IN (SELECT value FROM json_each({:ids})) RETURNING id"}};
constexpr std::array erase_skips{SqlSkipRule{"j.state = 'running'", "it is running"}};
constexpr std::array erase_statements{
    SqlActionStatement{"DELETE FROM {file_notes} WHERE job_id IN (SELECT value FROM json_each({:ids}))", {}, true},
    SqlActionStatement{"DELETE FROM {file_jobs} WHERE id IN (SELECT value FROM json_each({:ids})) RETURNING id"}};
constexpr std::array actions{
    SqlActionRule{
        .action = ActionKind::retry, .effect = "waits again", .skips = retry_skips, .statements = retry_statements},
    SqlActionRule{.action = ActionKind::erase,
                  .effect = "is removed with its notes",
                  .skips = erase_skips,
                  .statements = erase_statements}};
constexpr std::array backup{
    SqlBackupTable{"file_jobs", "t.id", "t.id IN (SELECT value FROM json_each({:ids}))"},
    SqlBackupTable{"file_notes", "t.job_id", "t.job_id IN (SELECT value FROM json_each({:ids}))"}};
constexpr SqlPausing pausing{
    "no worker takes its jobs",
    "INSERT INTO {file_pauses} (queue, by) VALUES ({:queue}, {:by}) ON CONFLICT DO NOTHING RETURNING 1",
    "DELETE FROM {file_pauses} WHERE queue = {:queue} RETURNING 1"};

constexpr SqlSystem make() {
  SqlSystem system;
  system.info.name = "files";
  system.info.title = "Files";
  system.info.family = StorageFamily::sqlite;
  system.flavour = SqlFlavour::sqlite;
  system.probe = "id queue state tries file_notes.job_id file_pauses.queue";
  system.relations = relations;
  system.tables = tables;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.storage = storage;
  system.actions = actions;
  system.backup = backup;
  system.pausing = &pausing;
  return system;
}
constexpr SqlSystem file_jobs = make();
static_assert(consistent(file_jobs));

constexpr std::array schema{
    "CREATE TABLE file_jobs (id INTEGER PRIMARY KEY, queue TEXT, state TEXT, tries INTEGER, payload, \"a \"\"name\" "
    "REAL, twice INTEGER GENERATED ALWAYS AS (tries * 2))",
    "CREATE TABLE file_notes (id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES file_jobs (id), word TEXT)",
    "CREATE TABLE file_pauses (queue TEXT PRIMARY KEY, by TEXT)",
    "INSERT INTO file_jobs (id, queue, state, tries, payload) VALUES (1, 'mail', 'dead', 3, '{\"to\": 1}'), (2, "
    "'mail', "
    "'dead', 3, NULL), (3, 'mail', 'dead', 3, NULL), (4, 'mail', 'new', 0, NULL), (5, 'mail', 'running', 1, NULL), (6, "
    "'held', 'dead', 3, NULL)",
    "INSERT INTO file_notes VALUES (10, 1, 'one'), (20, 2, 'two'), (21, 2, 'three')",
    "INSERT INTO file_pauses VALUES ('held', 'somebody')"};

}  // namespace

SqliteJobsFile::SqliteJobsFile() : file_(folder_ / "jobs.db") {
  std::ofstream(file_).close();
  source_.name = "file";
  source_.url = Secret("sqlite:" + file_.string());
  other_ = connect_sqlite(source_, Access::write);
  for (const char* statement : schema) run(statement);
  stores_ = open_stores(source_, Access::write, catalogue());
  REQUIRE(stores_.size() == 1);
}

Catalogue SqliteJobsFile::catalogue() { return {{&file_jobs}, {}}; }

void SqliteJobsFile::run(const std::string& statement) {
  const std::unique_ptr<SqlTransaction> transaction = other_->begin_write(5s);
  transaction->run({statement, {}});
  transaction->commit();
}

std::vector<Target> SqliteJobsFile::plan(const Action& action, const std::vector<std::string>& ids) {
  JobQuery query;
  query.filter.ids = ids;
  query.order = JobOrder::storage;
  return writes().plan(action, query).targets;
}

std::vector<std::string> SqliteJobsFile::apply(const Action& action, const std::vector<Target>& targets) {
  std::vector<std::string> words;
  for (const TargetReport& report : writes().apply(action, targets, {})) words.push_back(text_of(report));
  return words;
}

std::string SqliteJobsFile::contents(const std::string& table) {
  std::string columns;
  const auto names = other_->query({"SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid", {}}, 5s);
  for (std::size_t row = 0; row < names->rows(); ++row) {
    std::string name(*names->cell(row, 0));
    for (std::size_t at = 0; (at = name.find('"', at)) != std::string::npos; at += 2) name.insert(at, 1, '"');
    columns += (row == 0 ? "" : " || ', ' || ") + ("typeof(\"" + name + "\") || ' ' || quote(\"" + name + "\")");
  }
  const auto rows = other_->query(
      {"SELECT group_concat(line, '; ') FROM (SELECT " + columns + " AS line FROM " + table + " ORDER BY id)", {}}, 5s);
  return std::string(rows->cell(0, 0).value_or("nothing"));
}

}  // namespace queuetrace::test

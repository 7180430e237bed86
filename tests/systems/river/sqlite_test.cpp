// River in SQLite files: doctor's rules, a file that its application has open, and one that is locked.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>

#include "backends/open.hpp"
#include "backends/systems/river/system.hpp"
#include "model/error.hpp"
#include "tests/support/sqlite_file.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Now, moved by `change`, as the library writes times.
std::string time_text(const std::string& change = "+0 seconds") {
  return "strftime('%Y-%m-%d %H:%M:%f', 'now', '" + change + "')";
}

std::string job(const std::string& id, const std::map<std::string, std::string>& given) {
  return insert(
      "river_job",
      {{"id", id},
       {"kind", "'k'"},
       {"args", "X'0c'"},
       {"tags", "X'0b'"},
       {"metadata", "CAST('{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}' AS BLOB)"},
       {"queue", "'email'"},
       {"state", "'available'"},
       {"created_at", time_text("-1 minute")},
       {"scheduled_at", time_text("-1 minute")}},
      given);
}

const std::string healthy = "DELETE FROM river_job; UPDATE river_queue SET paused_at = NULL;" + job("1", {}) +
                            job("2", {{"state", "'running'"}, {"attempted_at", time_text()}}) +
                            job("3", {{"state", "'scheduled'"}, {"scheduled_at", time_text("+1 day")}});

const std::vector<DiagnosisCase> cases{
    {"stuck-running", "", job("10", {{"state", "'running'"}, {"attempted_at", time_text("-2 hours")}}), 1, {"10"}},
    {"not-promoted", "", job("10", {{"state", "'retryable'"}, {"scheduled_at", time_text("-5 minutes")}}), 1, {"10"}},
    {"cancel-unheard",
     "",
     job("10", {{"state", "'running'"},
                {"attempted_at", time_text("-10 minutes")},
                {"metadata",
                 "CAST(json_object('cancel_attempted_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-5 minutes'), "
                 "'traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01') AS BLOB)"}}),
     1,
     {"10"}},
    {"not-taken", "", job("10", {{"scheduled_at", time_text("-2 hours")}}), 1, {"10"}},
    {"paused-queue",
     "",
     "UPDATE river_queue SET paused_at = " + time_text("-2 hours") + " WHERE name = 'email';",
     1,
     {"email"}},
};

std::string fixture(const std::string& variant) {
  std::ifstream file("fixtures/" + variant + "/load.sqlite.sql");
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The application's own session on the file.
class Application {
 public:
  explicit Application(const SqliteFile& file) { REQUIRE(sqlite3_open(file.path().c_str(), &database_) == SQLITE_OK); }
  ~Application() { sqlite3_close(database_); }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  void run(const std::string& statements) {
    REQUIRE(sqlite3_exec(database_, statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace

TEST_CASE("doctor: every rule for River in SQLite") {
  check_sqlite_diagnoses(river::sqlite_system, "sqlite_v8", healthy, cases);
}

TEST_CASE("River: a file that its application has open in WAL mode is read with what only the log holds") {
  const SqliteFile file(fixture("sqlite_v8"));
  Application application(file);
  application.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + job("50", {{"queue", "'new'"}}));
  const std::vector<std::unique_ptr<JobStore>> stores = open_stores(file.source());
  REQUIRE(stores.size() == 1);
  JobQuery query;
  query.page_size = 100;
  CHECK(stores.front()->list(query).jobs.front().ref.id.raw() == "50");
  application.run(job("51", {}));  // a reader holds nothing up
  CHECK(stores.front()->list(query).jobs.front().ref.id.raw() == "51");
}

TEST_CASE("River: a file that another program holds locked is said to be") {
  const SqliteFile file(fixture("sqlite_v8"));
  Application application(file);
  application.run("BEGIN EXCLUSIVE");
  Source source = file.source();
  source.connect_timeout = std::chrono::milliseconds(100);
  source.statement_timeout = std::chrono::milliseconds(100);
  std::string said;
  try {
    open_stores(source);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::unreachable);
    said = error.what();
  }
  CHECK(said.find("another program holds it locked") != std::string::npos);
}

// Read-only sessions on real files: what they answer, refuse and say.
#include "backends/drivers/sqlite/connection.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>
#include <functional>

#include "model/error.hpp"
#include "tests/support/peak_memory.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;
using testing::TemporaryFolder;

namespace {

Source source_of(const std::string& url) {
  Source source;
  source.name = "test";
  source.url = Secret(url);
  return source;
}

void make_database(const std::filesystem::path& file, const char* statements) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, statements, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

std::optional<ErrorKind> kind_of(const std::function<void()>& call, std::string* message = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.kind();
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("the file of a URL is the text behind the scheme, as it is") {
  CHECK(sqlite_file("sqlite:jobs.db") == "jobs.db");
  CHECK(sqlite_file("sqlite:/var/jobs.db") == "/var/jobs.db");
  CHECK(sqlite_file("sqlite:///var/jobs.db") == "/var/jobs.db");
  CHECK(sqlite_file("sqlite:a b%20?c#d.db") == "a b%20?c#d.db");
  CHECK_FALSE(sqlite_file("sqlite:"));
  CHECK_FALSE(sqlite_file("sqlite://"));
  CHECK_FALSE(sqlite_file("postgresql:///jobs"));
}

TEST_CASE("values come as text: integers in decimal, blobs and texts as their bytes, NULL as absent") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "values.db";
  make_database(file,
                "CREATE TABLE t (v); INSERT INTO t VALUES (-9223372036854775808), (x'00ff41'), (NULL), (''), "
                "(CAST(x'610062' AS TEXT)), (CAST(x'ff' AS TEXT)), (1.5)");
  const auto connection = connect_sqlite(source_of("sqlite:" + file.string()));
  const auto rows = connection->query({"SELECT v FROM t ORDER BY rowid", {}}, 1s);
  REQUIRE(rows->rows() == 7);
  CHECK(rows->columns() == 1);
  CHECK(*rows->cell(0, 0) == "-9223372036854775808");
  CHECK(*rows->cell(1, 0) == std::string_view("\0\xff"
                                              "A",
                                              3));
  CHECK_FALSE(rows->cell(2, 0));
  CHECK(*rows->cell(3, 0) == "");
  CHECK(*rows->cell(4, 0) == std::string_view("a\0b", 3));
  CHECK(*rows->cell(5, 0) == "\xff");
  CHECK(*rows->cell(6, 0) == "1.5");
}

TEST_CASE("parameters are bound by their number, not by where they stand, and travel as text") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "parameters.db";
  make_database(file, "CREATE TABLE t (v TEXT)");
  const auto connection = connect_sqlite(source_of("sqlite://" + file.string()));
  const auto rows = connection->query(
      {"SELECT $2, $1, typeof($1), $3 IS NULL, $1", {std::string("1"), std::string("a\0'b", 4), std::nullopt}}, 1s);
  CHECK(*rows->cell(0, 0) == std::string_view("a\0'b", 4));
  CHECK(*rows->cell(0, 1) == "1");
  CHECK(*rows->cell(0, 2) == "text");
  CHECK(*rows->cell(0, 3) == "1");
  CHECK(*rows->cell(0, 4) == "1");
}

TEST_CASE("the session cannot write, nor reach another file") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  make_database(file, "CREATE TABLE t (v); INSERT INTO t VALUES (1)");
  const auto connection = connect_sqlite(source_of("sqlite:" + file.string()));
  const std::string other = (folder / "other.db").string();
  for (const std::string& statement :
       {std::string("INSERT INTO t VALUES (2)"), std::string("DELETE FROM t"), std::string("CREATE TABLE u (v)"),
        std::string("DROP TABLE t"), "ATTACH '" + other + "' AS other", "VACUUM INTO '" + other + "'",
        std::string("SELECT load_extension('x')")}) {
    CAPTURE(statement);
    CHECK(kind_of([&] { connection->query({statement, {}}, 1s); }));
    // Not even when the guard inside the session is taken away: the file itself is open for reading only.
    connection->query({"PRAGMA query_only = OFF", {}}, 1s);
    CHECK(kind_of([&] { connection->query({statement, {}}, 1s); }));
    connection->query({"PRAGMA query_only = ON", {}}, 1s);
  }
  CHECK(*connection->query({"SELECT count(*) FROM t", {}}, 1s)->cell(0, 0) == "1");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a statement that takes too long is stopped") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  make_database(file, "CREATE TABLE t (v)");
  const auto connection = connect_sqlite(source_of("sqlite:" + file.string()));
  const SqlStatement endless{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
                             {}};
  CHECK(kind_of([&] { connection->query(endless, 50ms); }) == ErrorKind::timed_out);
  CHECK(connection->query({"SELECT 1", {}}, 1s)->rows() == 1);
}

TEST_CASE("a locked file is waited for as long as the statement may take") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "jobs.db";
  make_database(file, "CREATE TABLE t (v)");
  const auto connection = connect_sqlite(source_of("sqlite:" + file.string()));
  sqlite3* writer = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &writer) == SQLITE_OK);
  REQUIRE(sqlite3_exec(writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(kind_of([&] { connection->query({"SELECT count(*) FROM t", {}}, 50ms); }) == ErrorKind::unreachable);
  sqlite3_close(writer);
  CHECK(connection->query({"SELECT count(*) FROM t", {}}, 1s)->rows() == 1);
}

TEST_CASE("what is wrong with a file is said by its kind") {
  const TemporaryFolder folder;
  const auto connect = [&](const std::filesystem::path& file) {
    return kind_of([&] { connect_sqlite(source_of("sqlite:" + file.string())); });
  };
  CHECK(connect(folder / "missing.db") == ErrorKind::not_found);
  CHECK(connect(folder.path()) == ErrorKind::usage);
  CHECK(kind_of([] { connect_sqlite(source_of("sqlite:")); }) == ErrorKind::usage);
  CHECK(kind_of([] { connect_sqlite(source_of("/dev/null")); }) == ErrorKind::usage);

  // What another program's URL may hold behind the file is no part of the message.
  const auto said = [](const std::string& url) {
    try {
      connect_sqlite(source_of(url));
    } catch (const Error& error) {
      return std::string(error.what()) + " | " + error.hint();
    }
    return std::string("it was opened");
  };
  CHECK(said("sqlite:/nowhere.db?password=KEEP&key=OUT") ==
        "no such file: /nowhere.db?password=***&key=*** | sqlite: takes no parameters: all that is behind it is the "
        "name of the file");
  CHECK(said("sqlite://:KEEP@/nowhere.db").find("KEEP") == std::string::npos);
  CHECK(said("sqlite://nowhere.db").starts_with("no such file: nowhere.db | "));
  const std::filesystem::path odd = folder / "a?token=KEEP";
  std::filesystem::create_directory(odd);
  CHECK(said("sqlite:" + odd.string()).find("KEEP") == std::string::npos);

  const std::filesystem::path text = folder / "notes.txt";
  std::ofstream(text) << std::string(5000, 'x');
  CHECK(connect(text) == ErrorKind::usage);

  const std::filesystem::path damaged = folder / "damaged.db";
  make_database(damaged, "CREATE TABLE t (v); INSERT INTO t VALUES (1)");
  std::fstream bytes(damaged, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(100);
  bytes << std::string(3000, '\xee');
  bytes.close();
  CHECK(connect(damaged) == ErrorKind::internal);

  const std::filesystem::path empty = folder / "empty.db";
  std::ofstream(empty).close();
  const auto connection = connect_sqlite(source_of("sqlite:" + empty.string()));
  CHECK(kind_of([&] { connection->query({"SELECT * FROM jobs", {}}, 1s); }) == ErrorKind::not_found);
  CHECK(kind_of([&] { connection->query({"SELEC", {}}, 1s); }) == ErrorKind::internal);
}

TEST_CASE("views that make up huge and endless values are bounded in time and memory") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "views.db";
  make_database(file,
                "CREATE VIEW zeros AS SELECT zeroblob(1000000000) AS v; "
                "CREATE VIEW noise AS SELECT randomblob(1000000000) AS v; "
                "CREATE VIEW many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "SELECT hex(randomblob(500000)) AS v FROM n; "
                "CREATE VIEW spun AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                "length(randomblob(1000000)) > 0) SELECT i AS v FROM n WHERE i < 0;");
  const std::shared_ptr<SqlConnection> connection = connect_sqlite(source_of("sqlite:" + file.string()));
  const test::PeakMemory memory;
  const auto kind_at = [&](const char* text) { return kind_of([&] { connection->query({text, {}}, 500ms); }); };
  CHECK(kind_at("SELECT v FROM zeros") == ErrorKind::refused);
  CHECK(kind_at("SELECT v FROM noise") == ErrorKind::refused);
  CHECK(kind_at("SELECT v || 'x' FROM noise") == ErrorKind::refused);
  const std::optional<ErrorKind> many = kind_at("SELECT v FROM many");
  CHECK((many == ErrorKind::refused || many == ErrorKind::timed_out));
  CHECK(kind_at("SELECT v FROM spun") == ErrorKind::timed_out);
  CHECK(memory.grown_kib() < 48 * 1024);
}

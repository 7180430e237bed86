#include "backends/drivers/sqlite/connection.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "backends/drivers/sqlite/error.hpp"
#include "backends/drivers/sqlite/functions.hpp"
#include "backends/drivers/sqlite/handle.hpp"
#include "backends/drivers/sqlite/row_digest.hpp"
#include "backends/drivers/sqlite/statement.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds longest_wait{60'000};  ///< for a lock
constexpr std::chrono::milliseconds usual_write{5'000};    ///< for one statement
constexpr std::uint64_t most_bytes_of_value = 32u << 20;   ///< of a text, a blob or a row

/// While it lives the session may write; what was not committed when it goes is rolled back.
class Writing {
 public:
  explicit Writing(sqlite3* database) : database_(database) { allow(true); }
  ~Writing() {
    if (sqlite3_get_autocommit(database_) == 0) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    allow(false);
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  void allow(bool writes) const {
    sqlite3_exec(database_, writes ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON", nullptr, nullptr, nullptr);
  }
  sqlite3* database_;
};

class SqliteTransaction final : public SqlTransaction {
 public:
  /// Waits for every other writer and, where the file keeps a rollback journal, for every reader: COMMIT, whose failure
  /// for a lock would leave in doubt what was written, waits for nobody then.
  SqliteTransaction(sqlite3* database, std::string file, StatementTime time)
      : database_(database), file_(std::move(file)), time_(time), writing_(database) {
    run({"BEGIN EXCLUSIVE", {}});
  }

  std::unique_ptr<SqlResult> run(const SqlStatement& statement) override {
    return run_statement(database_, statement, time_, "cannot write", file_);
  }

  void commit() override {
    run_statement(database_, {"COMMIT", {}}, {std::chrono::milliseconds::zero(), time_.lock}, "cannot write", file_);
  }

 private:
  sqlite3* database_;
  std::string file_;
  StatementTime time_;
  Writing writing_;
};

class SqliteConnection final : public SqlConnection {
 public:
  SqliteConnection(DatabaseHandle database, std::string file, Access access)
      : database_(std::move(database)), file_(std::move(file)), access_(access) {}

  SqlFlavour flavour() const override { return SqlFlavour::sqlite; }
  std::string server() const override { return std::string("SQLite ") + sqlite3_libversion(); }
  std::string target() const override { return file_; }

  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    const bool bounded = timeout > std::chrono::milliseconds::zero();  // no time-out still ends a wait for a lock
    return run_statement(database_.get(), statement,
                         {timeout, bounded ? std::min(timeout, longest_wait) : longest_wait}, "cannot read", file_);
  }

  std::string write_obstacle() override {
    if (sqlite3_db_readonly(database_.get(), "main") == 1) return "the file cannot be written to: " + file_;
    const std::unique_ptr<SqlResult> encoding = query({"PRAGMA encoding", {}}, usual_write);
    if (encoding->rows() == 1 && encoding->cell(0, 0) == "UTF-8") return {};
    return "the file keeps texts in UTF-16, in which queuetrace writes none: " + file_;
  }

  bool only_reads() const override { return access_ != Access::write; }

  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    if (only_reads()) throw Error(ErrorKind::internal, "a file opened for reading was asked to write: " + file_);
    if (const std::string obstacle = write_obstacle(); !obstacle.empty()) throw Error(ErrorKind::refused, obstacle);
    const std::chrono::milliseconds work = timeout > std::chrono::milliseconds::zero() ? timeout : usual_write;
    return std::make_unique<SqliteTransaction>(database_.get(), file_, StatementTime{work, lock_wait});
  }

 private:
  DatabaseHandle database_;
  std::string file_;
  Access access_;
};

/// The file of a URL as messages name it: what URLs of other programs have beside it may be secrets.
std::string shown_file(const std::string& url) {
  const std::string shown = masked_url(url);
  return sqlite_file(shown).value_or(shown).string();
}

/// Says what is wrong with the name before SQLite would: it answers "unable to open" to everything.
void require_regular_file(const std::filesystem::path& file, const std::string& shown) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) {
    const int problem = errno;
    if (problem == ENOENT || problem == ENOTDIR)
      throw Error(ErrorKind::not_found, "no such file: " + shown)
          .with_hint(file.string().find('?') == std::string::npos
                         ? "'queuetrace demo FILE.db' writes one to try, 'queuetrace capture' one of your own jobs"
                         : "sqlite: takes no parameters: all that is behind it is the name of the file");
    throw Error(problem == EACCES ? ErrorKind::authentication : ErrorKind::internal, "cannot open " + shown)
        .because(Untrusted(std::strerror(problem)));
  }
  if (!S_ISREG(facts.st_mode)) throw Error(ErrorKind::usage, "not a regular file: " + shown);
  if (::access(file.c_str(), R_OK) != 0) throw Error(ErrorKind::authentication, "no permission to read " + shown);
}

/// Makes the session safe for files of strangers: nothing in the file's schema is trusted. What a write means is said
/// by the file as well: its triggers run, its foreign keys hold.
void harden(sqlite3* database, Access access) {
  const int writes = access == Access::write ? 1 : 0;
  int ignored = 0;
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, writes, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, writes, &ignored);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  // What a view makes up may be as large as SQLite allows, and is whole before anybody can stop it.
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(most_bytes_of_value));
  add_row_digest(database);
}

}  // namespace

std::optional<std::filesystem::path> sqlite_file(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme)) return std::nullopt;
  std::string_view name = url.substr(scheme.size());
  if (name.starts_with("//")) name.remove_prefix(2);
  if (name.empty()) return std::nullopt;
  return std::filesystem::path(name);
}

std::shared_ptr<SqlConnection> connect_sqlite(const Source& source, Access access) {
  const std::optional<std::filesystem::path> file = sqlite_file(source.url.reveal());
  if (!file) throw Error(ErrorKind::usage, "the URL names no SQLite file").with_hint("write sqlite:FILE.db");
  const std::string shown = shown_file(source.url.reveal());
  require_regular_file(*file, shown);

  sqlite3* opened = nullptr;
  const int mode = access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(file->c_str(), &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  DatabaseHandle database(opened);
  if (code != SQLITE_OK) throw sqlite_error(opened, code, "cannot open", shown);
  harden(opened, access);
  if (const int added = add_functions(opened); added != SQLITE_OK)
    throw sqlite_error(opened, added, "cannot open", shown);

  auto connection = std::make_shared<SqliteConnection>(std::move(database), shown, access);
  connection->query({"PRAGMA query_only = ON", {}}, source.connect_timeout);
  connection->query({"PRAGMA cell_size_check = ON", {}}, source.connect_timeout);
  // SQLite looks into the file only now.
  connection->query({"SELECT count(*) FROM sqlite_schema", {}}, source.connect_timeout);
  return connection;
}

}  // namespace queuetrace

#include "backends/drivers/sqlite/connection.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "backends/drivers/sqlite/error.hpp"
#include "backends/drivers/sqlite/handle.hpp"

namespace queuetrace {
namespace {

constexpr int instructions_between_checks = 1000;                ///< of the virtual machine, well under a millisecond
constexpr std::chrono::milliseconds::rep longest_wait = 60'000;  ///< for a lock
constexpr std::size_t null_cell = static_cast<std::size_t>(-1);

/// All cells in one string, each found by its start; the next cell's start is its end.
class MaterialisedResult final : public SqlResult {
 public:
  explicit MaterialisedResult(std::size_t columns) : columns_(columns) {}

  void add(const char* bytes, std::size_t size) {
    cells_.push_back({text_.size(), size});
    text_.append(bytes, size);
  }
  void add_null() { cells_.push_back({0, null_cell}); }

  std::size_t rows() const override { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  std::size_t columns() const override { return columns_; }
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
    const Cell& cell = cells_.at(row * columns_ + column);
    if (cell.size == null_cell) return std::nullopt;
    return std::string_view(text_).substr(cell.start, cell.size);
  }

 private:
  struct Cell {
    std::size_t start, size;
  };
  std::size_t columns_;
  std::string text_;
  std::vector<Cell> cells_;
};

class SqliteConnection final : public SqlConnection {
 public:
  SqliteConnection(DatabaseHandle database, std::string file)
      : database_(std::move(database)), file_(std::move(file)) {}

  SqlFlavour flavour() const override { return SqlFlavour::sqlite; }
  std::string server() const override { return std::string("SQLite ") + sqlite3_libversion(); }
  std::string target() const override { return file_; }

  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    const Deadline deadline(database_.get(), timeout);
    const StatementHandle prepared = prepare(statement.text);
    bind(prepared.get(), statement.parameters);
    const int columns = sqlite3_column_count(prepared.get());
    auto result = std::make_unique<MaterialisedResult>(static_cast<std::size_t>(columns));
    for (;;) {
      const int code = sqlite3_step(prepared.get());
      if (code == SQLITE_DONE) return result;
      if (code != SQLITE_ROW) throw failure(code);
      for (int column = 0; column < columns; ++column) add_cell(*result, prepared.get(), column);
    }
  }

  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds, std::chrono::milliseconds) override {
    throw Error(ErrorKind::internal, "SQLite files are opened for reading only: " + file_);
  }

 private:
  /// Stops a running statement once its time is over.
  class Deadline {
   public:
    Deadline(sqlite3* database, std::chrono::milliseconds timeout)
        : database_(database), end_(std::chrono::steady_clock::now() + timeout) {
      // Waiting for locks and working have handlers of their own; no time-out still ends a wait for a lock.
      const auto wait = std::clamp<std::chrono::milliseconds::rep>(timeout.count(), 0, longest_wait);
      sqlite3_busy_timeout(database_, static_cast<int>(wait == 0 ? longest_wait : wait));
      if (timeout > std::chrono::milliseconds::zero())
        sqlite3_progress_handler(database_, instructions_between_checks, &Deadline::is_over, this);
    }
    ~Deadline() { sqlite3_progress_handler(database_, 0, nullptr, nullptr); }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

   private:
    static int is_over(void* self) {
      return std::chrono::steady_clock::now() >= static_cast<Deadline*>(self)->end_ ? 1 : 0;
    }
    sqlite3* database_;
    std::chrono::steady_clock::time_point end_;
  };

  StatementHandle prepare(const std::string& text) {
    sqlite3_stmt* prepared = nullptr;
    const int code =
        sqlite3_prepare_v2(database_.get(), text.data(), static_cast<int>(text.size()), &prepared, nullptr);
    StatementHandle handle(prepared);
    if (code != SQLITE_OK) throw failure(code);
    if (prepared == nullptr) throw Error(ErrorKind::internal, "an empty statement was asked of " + file_);
    return handle;
  }

  /// SQLite numbers `$1`, `$2` by where they first stand in the text, so they are found by name.
  void bind(sqlite3_stmt* prepared, const std::vector<std::optional<std::string>>& parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int index = sqlite3_bind_parameter_index(prepared, ("$" + std::to_string(i + 1)).c_str());
      if (index == 0)
        throw Error(ErrorKind::internal, "parameter $" + std::to_string(i + 1) + " is not in the statement");
      if (!parameters[i]) continue;
      const int code = sqlite3_bind_text64(prepared, index, parameters[i]->data(), parameters[i]->size(), SQLITE_STATIC,
                                           SQLITE_UTF8);
      if (code != SQLITE_OK) throw failure(code);
    }
  }

  static void add_cell(MaterialisedResult& result, sqlite3_stmt* prepared, int column) {
    switch (sqlite3_column_type(prepared, column)) {
      case SQLITE_NULL: return result.add_null();
      case SQLITE_BLOB: {
        const void* bytes = sqlite3_column_blob(prepared, column);
        return result.add(static_cast<const char*>(bytes),
                          static_cast<std::size_t>(sqlite3_column_bytes(prepared, column)));
      }
      default: {
        const unsigned char* bytes = sqlite3_column_text(prepared, column);
        return result.add(reinterpret_cast<const char*>(bytes),
                          static_cast<std::size_t>(sqlite3_column_bytes(prepared, column)));
      }
    }
  }

  Error failure(int code) const { return sqlite_error(database_.get(), code, "cannot read", file_); }

  DatabaseHandle database_;
  std::string file_;
};

/// Says what is wrong with the name before SQLite would: it answers "unable to open" to everything.
void require_regular_file(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) {
    const int problem = errno;
    if (problem == ENOENT || problem == ENOTDIR)
      throw Error(ErrorKind::not_found, "no such file: " + file.string())
          .with_hint("'queuetrace demo FILE.db' writes one to try, 'queuetrace capture' one of your own jobs");
    throw Error(problem == EACCES ? ErrorKind::authentication : ErrorKind::internal, "cannot open " + file.string())
        .because(Untrusted(std::strerror(problem)));
  }
  if (!S_ISREG(facts.st_mode)) throw Error(ErrorKind::usage, "not a regular file: " + file.string());
  if (::access(file.c_str(), R_OK) != 0)
    throw Error(ErrorKind::authentication, "no permission to read " + file.string());
}

/// Makes the session safe for files of strangers: nothing is written, nothing in the file's schema is trusted.
void harden(sqlite3* database) {
  int ignored = 0;
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &ignored);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &ignored);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
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

std::shared_ptr<SqlConnection> connect_sqlite(const Source& source) {
  const std::optional<std::filesystem::path> file = sqlite_file(source.url.reveal());
  if (!file) throw Error(ErrorKind::usage, "the URL names no SQLite file").with_hint("write sqlite:FILE.db");
  require_regular_file(*file);

  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file->c_str(), &opened,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  DatabaseHandle database(opened);
  if (code != SQLITE_OK) throw sqlite_error(opened, code, "cannot open", file->string());
  harden(opened);

  auto connection = std::make_shared<SqliteConnection>(std::move(database), file->string());
  connection->query({"PRAGMA query_only = ON", {}}, source.connect_timeout);
  connection->query({"PRAGMA cell_size_check = ON", {}}, source.connect_timeout);
  // SQLite looks into the file only now.
  connection->query({"SELECT count(*) FROM sqlite_schema", {}}, source.connect_timeout);
  return connection;
}

}  // namespace queuetrace

#include "backends/drivers/sqlite/writer.hpp"

#include <string>
#include <system_error>

#include "backends/drivers/sqlite/error.hpp"
#include "backends/drivers/sqlite/handle.hpp"
#include "backends/drivers/sqlite/new_file.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t rows_per_transaction = 5'000;

// No journal and no syncs while writing: a crash loses a file that has no name yet. The cache bounds the memory: rows
// go to the end of the file, and need little of it while large ones are held.
constexpr const char* writing_settings =
    "PRAGMA page_size = 8192; PRAGMA encoding = 'UTF-8'; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -1024; PRAGMA trusted_schema = OFF;";
constexpr const char* setting_behind_rows = "PRAGMA cache_size = -8192;";

/// A statement keeps the largest row that went through it; one with more bytes is prepared anew.
constexpr std::size_t most_kept = 1u << 20;

std::size_t bytes_of(const SqliteValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return text->size();
  if (const auto* blob = std::get_if<SqliteBlob>(&value)) return blob->bytes.size();
  return 0;
}

int bind_value(sqlite3_stmt* statement, int index, const SqliteValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string_view>(&value))
    return sqlite3_bind_text64(statement, index, text->data() == nullptr ? "" : text->data(), text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  if (const auto* blob = std::get_if<SqliteBlob>(&value))
    return blob->bytes.empty()
               ? sqlite3_bind_zeroblob(statement, index, 0)
               : sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
  return sqlite3_bind_null(statement, index);
}

}  // namespace

struct SqliteWriter::Implementation {
  Implementation(const std::filesystem::path& name, bool replace) : shown(name.string()), file(name, replace) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        file.temporary().c_str(), &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    database.reset(opened);
    check(code);
  }

  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
      throw sqlite_error(database.get(), code, "cannot write", shown);
  }

  void execute(const char* statements) const {
    check(sqlite3_exec(database.get(), statements, nullptr, nullptr, nullptr));
  }

  StatementHandle prepare(const char* text) const {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(database.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    StatementHandle handle(prepared);
    check(code);
    return handle;
  }

  void run(sqlite3_stmt* statement, const SqliteValue* values, std::size_t count) const {
    const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
    for (std::size_t i = 0; i < wanted; ++i)
      check(bind_value(statement, static_cast<int>(i + 1), i < count ? values[i] : SqliteValue{}));
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
  }

  void end_transaction() {
    if (rows_in_transaction != 0) execute("COMMIT");
    rows_in_transaction = 0;
  }

  std::string shown;  ///< as the user wrote it
  NewFile file;       ///< outlives the database, so that the file is closed when it is removed
  DatabaseHandle database;
  StatementHandle insert;
  std::uint64_t rows_in_transaction = 0;
};

SqliteWriter::SqliteWriter(const std::filesystem::path& file, bool replace)
    : implementation_(std::make_unique<Implementation>(file, replace)) {
  implementation_->execute(writing_settings);
}

SqliteWriter::~SqliteWriter() = default;

void SqliteWriter::execute(const char* statements) {
  implementation_->end_transaction();
  implementation_->execute(statements);
}

void SqliteWriter::prepare_rows(const char* insert) { implementation_->insert = implementation_->prepare(insert); }

void SqliteWriter::add_row(const SqliteValue* values, std::size_t count) {
  Implementation& writer = *implementation_;
  if (writer.rows_in_transaction == 0) writer.execute("BEGIN");
  ++writer.rows_in_transaction;
  writer.run(writer.insert.get(), values, count);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) bytes += bytes_of(values[i]);
  if (bytes > most_kept) writer.insert = writer.prepare(sqlite3_sql(writer.insert.get()));
  if (writer.rows_in_transaction == rows_per_transaction) writer.end_transaction();
}

void SqliteWriter::end_rows() {
  implementation_->end_transaction();
  implementation_->insert.reset();
  implementation_->execute(setting_behind_rows);
}

void SqliteWriter::run(const char* statement, const SqliteValue* values, std::size_t count) {
  implementation_->run(implementation_->prepare(statement).get(), values, count);
}

std::uint64_t SqliteWriter::finish() {
  Implementation& writer = *implementation_;
  writer.end_transaction();
  writer.insert.reset();
  // sqlite3_close() reports what sqlite3_close_v2() of the handle would hide.
  writer.check(sqlite3_close(writer.database.get()));
  writer.database.release();
  std::error_code problem;
  const std::uintmax_t size = std::filesystem::file_size(writer.file.temporary(), problem);
  writer.file.place();
  return problem ? 0 : size;
}

}  // namespace queuetrace

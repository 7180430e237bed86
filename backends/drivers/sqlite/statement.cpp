#include "backends/drivers/sqlite/statement.hpp"

#include "backends/drivers/sqlite/error.hpp"
#include "backends/drivers/sqlite/handle.hpp"
#include "backends/engines/sql/rows_read.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Of the virtual machine: some microseconds, but where a view makes up values of megabytes with each of them.
constexpr int instructions_between_checks = 100;

/// Stops a running statement once its time is over. Waiting for locks and working have handlers of their own.
class Deadline {
 public:
  Deadline(sqlite3* database, StatementTime time)
      : database_(database), end_(std::chrono::steady_clock::now() + time.work) {
    sqlite3_busy_timeout(database_, static_cast<int>(time.lock.count()));
    if (time.work > std::chrono::milliseconds::zero())
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

void add_cell(RowsRead& result, sqlite3_stmt* prepared, int column) {
  if (sqlite3_column_type(prepared, column) == SQLITE_NULL) return result.add_null();
  const bool blob = sqlite3_column_type(prepared, column) == SQLITE_BLOB;
  const void* bytes = blob ? sqlite3_column_blob(prepared, column) : sqlite3_column_text(prepared, column);
  result.add({static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(prepared, column))});
}

}  // namespace

std::unique_ptr<SqlResult> run_statement(sqlite3* database, const SqlStatement& statement, StatementTime time,
                                         const std::string& doing, const std::string& file) {
  const auto failure = [&](int code) { return sqlite_error(database, code, doing, file); };
  const Deadline deadline(database, time);
  sqlite3_stmt* raw = nullptr;
  const int prepared_code =
      sqlite3_prepare_v2(database, statement.text.data(), static_cast<int>(statement.text.size()), &raw, nullptr);
  const StatementHandle prepared(raw);
  if (prepared_code != SQLITE_OK) throw failure(prepared_code);
  if (raw == nullptr) throw Error(ErrorKind::internal, "an empty statement was asked of " + file);

  // SQLite numbers `$1`, `$2` by where they first stand in the text, so they are found by name.
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    const int index = sqlite3_bind_parameter_index(raw, ("$" + std::to_string(i + 1)).c_str());
    if (index == 0)
      throw Error(ErrorKind::internal, "parameter $" + std::to_string(i + 1) + " is not in the statement");
    const std::optional<std::string>& value = statement.parameters[i];
    if (!value) continue;
    const int code = sqlite3_bind_text64(raw, index, value->data(), value->size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) throw failure(code);
  }

  const int columns = sqlite3_column_count(raw);
  auto result = std::make_unique<RowsRead>(static_cast<std::size_t>(columns));
  for (;;) {
    const int code = sqlite3_step(raw);
    if (code == SQLITE_DONE) return result;
    if (code != SQLITE_ROW) throw failure(code);
    for (int column = 0; column < columns; ++column) add_cell(*result, raw, column);
    if (result->is_enough(statement)) return result;
  }
}

}  // namespace queuetrace

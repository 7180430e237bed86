#include "backends/drivers/sqlite/statement.hpp"

#include "backends/drivers/sqlite/error.hpp"
#include "backends/drivers/sqlite/handle.hpp"

namespace queuetrace {
namespace {

constexpr int instructions_between_checks = 1000;  ///< of the virtual machine, well under a millisecond
constexpr std::size_t null_cell = static_cast<std::size_t>(-1);

/// All cells in one string, each found by its start and size.
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

void add_cell(MaterialisedResult& result, sqlite3_stmt* prepared, int column) {
  if (sqlite3_column_type(prepared, column) == SQLITE_NULL) return result.add_null();
  const bool blob = sqlite3_column_type(prepared, column) == SQLITE_BLOB;
  const void* bytes = blob ? sqlite3_column_blob(prepared, column) : sqlite3_column_text(prepared, column);
  result.add(static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(prepared, column)));
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
  auto result = std::make_unique<MaterialisedResult>(static_cast<std::size_t>(columns));
  for (;;) {
    const int code = sqlite3_step(raw);
    if (code == SQLITE_DONE) return result;
    if (code != SQLITE_ROW) throw failure(code);
    for (int column = 0; column < columns; ++column) add_cell(*result, raw, column);
  }
}

}  // namespace queuetrace

// Writes a new SQLite file in one go: a schema, many rows through one statement, then indexes. Knows nothing of jobs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace queuetrace {

/// A value to store; the bytes are those of the caller until add_row() returns. std::monostate is NULL.
struct SqliteBlob {
  std::string_view bytes;
};
using SqliteValue = std::variant<std::monostate, std::int64_t, std::string_view, SqliteBlob>;

/// An SQLite file in the making (see NewFile for names, permissions and errors). Keeps no rollback journal: a file that
/// fails is thrown away whole. Memory stays flat; the disk may fill: Error{internal}.
class SqliteWriter {
 public:
  SqliteWriter(const std::filesystem::path& file, bool replace);
  ~SqliteWriter();  ///< without finish(): nothing is left behind

  /// Runs constant statements, separated by semicolons.
  void execute(const char* statements);

  /// The statement that add_row() runs, constant text with `?` parameters. Rows are committed in bounded batches.
  void prepare_rows(const char* insert);
  /// Binds from the first parameter on; missing ones are NULL.
  void add_row(const SqliteValue* values, std::size_t count);

  /// There are no more rows: statements that look at all of them get more memory, 8 MiB.
  void end_rows();

  /// Runs one constant statement with bound values, once.
  void run(const char* statement, const SqliteValue* values, std::size_t count);

  /// Commits, syncs and gives the file its name. Returns its size in bytes.
  std::uint64_t finish();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace queuetrace

// Whole rows as the content of a BackupRecord: {"rows": [{"table": name, "columns": {name: text or null, ...}}, ...]}.
// A column is kept as kept_value.hpp says, so nothing of it passes through a JSON or a number of ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/row_changes.hpp"
#include "model/error.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// That a record is none of ours.
Error unreadable_backup();

/// Makes content of rows: those of a purge are many, and each has dozens of columns.
class ContentWriter {
 public:
  ContentWriter(std::string_view table, const std::vector<std::string_view>& names);

  /// The row whose columns begin at `column`, as it stands in the list of rows.
  /// Throws nlohmann::json::type_error where a text is not UTF-8.
  std::string row(const SqlResult& rows, std::size_t row, std::size_t column) const;

 private:
  std::string start_;
  std::vector<std::string> keys_;
};

/// The rows in a record. Throws unreadable_backup().
std::vector<StoredRow> kept_rows_in(std::string content);

}  // namespace queuetrace

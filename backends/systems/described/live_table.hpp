// What the tables that a description names are like in a database: which columns they have and what those can hold.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "model/system_description.hpp"

namespace queuetrace::described {

/// What the values of a column are, as far as it matters here. In SQLite every column is `dynamic`.
enum class ColumnKind {
  text,
  integer,
  number,
  truth,
  label,
  zoned_time,
  time,
  date,
  uuid,
  json,
  jsonb,
  list,
  bytes,
  dynamic,
  other
};

struct LiveColumn {
  std::string type;  ///< as the database names it, for messages
  ColumnKind kind = ColumnKind::other;
  bool is_filled = false;                ///< never NULL
  bool is_unique = false;                ///< no two rows have the same value
  bool is_indexed = false;               ///< it is the first column of an index
  std::vector<std::string> labels = {};  ///< of an enum type
};

struct LiveTableColumns {
  std::string schema;
  std::map<std::string, LiveColumn, std::less<>> columns;
};

/// The columns of `table`: in `schema` where it is named, else in the first schema of the search path that has it, else
/// in the first by name. Absent when there is no such table. One statement.
std::optional<LiveTableColumns> read_columns(SqlConnection& connection, const std::string& table,
                                             const std::optional<std::string>& schema,
                                             std::chrono::milliseconds timeout);

}  // namespace queuetrace::described

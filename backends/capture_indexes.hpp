// The indexes of a capture. Each costs a look at all jobs, so that those over columns which no job fills are made while
// there are none yet.
#pragma once

#include <array>
#include <cstddef>

#include "backends/capture_schema.hpp"
#include "backends/drivers/sqlite/writer.hpp"

namespace queuetrace {

class CaptureIndexes {
 public:
  /// The table of jobs is there and empty.
  explicit CaptureIndexes(SqliteWriter& writer);

  /// Before a row with these values is added, as the table has its columns. Throws as SqliteWriter::execute.
  void expect(const SqliteValue* values);
  /// Before rows may get a value in the column.
  void expect_column(std::size_t column);
  /// Makes what is missing. All rows are there.
  void finish();

 private:
  void put_off(std::size_t index);

  SqliteWriter& writer_;
  std::array<bool, capture_schema::partial_indexes.size()> is_made_{};
};

}  // namespace queuetrace

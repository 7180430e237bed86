// How many rows one statement asks for, so that its answer stays within a bound of bytes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// A page of jobs ends with the row with which this much was read: SqlStatement::enough_bytes of pages.
inline constexpr std::uint64_t page_bytes = 8 << 20;

/// As many rows as asked for; after large ones, as many as would fill half a page of bytes, so that answers are seldom
/// cut, which costs a connection; fewer where the server takes long for each.
class RowStride {
 public:
  std::size_t rows(std::size_t page_size) const { return std::clamp<std::size_t>(page_size, 1, most_rows_); }

  /// What one statement answered, and how long it took.
  void note(const SqlResult& answer, std::chrono::milliseconds time = {}) {
    std::uint64_t bytes = 0;
    for (std::size_t row = 0; row < answer.rows(); ++row)
      for (std::size_t column = 0; column < answer.columns(); ++column)
        bytes += answer.cell(row, column).value_or("").size();
    if (bytes > 0) most_rows_ = std::max<std::size_t>(answer.rows() * (page_bytes / 2) / bytes, 1);
    if (time > longest) most_rows_ = std::min(most_rows_, std::max<std::size_t>(answer.rows() / 2, 1));
  }
  /// A statement for so many rows ran into its time-out. False when it cannot ask for fewer.
  bool shorten(std::size_t rows) {
    if (rows <= 1) return false;
    most_rows_ = rows / 8 + 1;
    return true;
  }

 private:
  static constexpr std::chrono::milliseconds longest{2'000};
  std::size_t most_rows_ = 1'000'000;
};

}  // namespace queuetrace

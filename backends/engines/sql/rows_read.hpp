// The rows of an answer as a driver reads them, one after the other and within a bound of bytes.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// Of several rows; one may be as large as most_answer_bytes.
inline constexpr std::uint64_t most_bytes_of_rows = 32 << 20;

/// The cells in blocks that never move, so that an answer takes hardly more than its bytes.
class RowsRead final : public SqlResult {
 public:
  explicit RowsRead(std::size_t columns) : columns_(columns) {}
  RowsRead(const RowsRead&) = delete;
  RowsRead& operator=(const RowsRead&) = delete;

  void add(std::string_view value) {
    if (value.size() > left_) begin_block(value.size());
    if (!value.empty()) std::memcpy(next_, value.data(), value.size());
    cells_.push_back({next_, value.size()});
    next_ += value.size();
    left_ -= value.size();
    bytes_ += value.size();
  }
  void add_null() { cells_.push_back({nullptr, 0}); }

  /// After a whole row: whether no more should be read. That is where SqlStatement::enough_bytes are there, which cuts
  /// the answer. Throws Error{refused} where an answer that must be whole goes beyond most_bytes_of_rows, or one row
  /// beyond most_answer_bytes.
  bool is_enough(const SqlStatement& statement) {
    if (statement.enough_bytes > 0) return is_cut_ = bytes() >= statement.enough_bytes;
    if (bytes() > (rows() > 1 ? most_bytes_of_rows : most_answer_bytes))
      throw Error(ErrorKind::refused,
                  fmt::format("the database answers with more than {} MiB at once, which is not read",
                              (rows() > 1 ? most_bytes_of_rows : most_answer_bytes) >> 20))
          .with_hint("ask for fewer jobs at a time: -l, or a narrower filter");
    return false;
  }

  std::size_t rows() const override { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  std::size_t columns() const override { return columns_; }
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
    // Only a server that lies answers with fewer than were asked for.
    if (column >= columns_ || row * columns_ + column >= cells_.size())
      throw Error(ErrorKind::unreachable, "the database answers with other rows than were asked for");
    const Cell& cell = cells_[row * columns_ + column];
    if (cell.start == nullptr) return std::nullopt;
    return std::string_view(cell.start, cell.size);
  }
  bool is_cut() const override { return is_cut_; }
  /// What the cells take so far.
  std::uint64_t bytes() const { return bytes_ + cells_.size() * sizeof(Cell); }

 private:
  struct Cell {
    const char* start;  ///< absent: the cell is null
    std::size_t size;
  };
  /// Small answers get small blocks.
  void begin_block(std::size_t needed) {
    constexpr std::size_t smallest = 4 * 1024, largest = 1024 * 1024;
    left_ = std::max(needed, std::clamp<std::size_t>(bytes_, smallest, largest));
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
  }

  std::size_t columns_;
  bool is_cut_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = empty_;  ///< where the next cell goes, with `left_` bytes of room
  std::size_t left_ = 0;
  std::uint64_t bytes_ = 0;
  std::deque<Cell> cells_;
  char empty_[1] = {};
};

}  // namespace queuetrace

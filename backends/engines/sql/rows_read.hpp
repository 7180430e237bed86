// The rows of an answer as a driver reads them, one after the other and within a bound of bytes.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// All cells in one string, each found by its start and size.
class RowsRead final : public SqlResult {
 public:
  explicit RowsRead(std::size_t columns) : columns_(columns) {}

  void add(std::string_view value) {
    cells_.push_back({text_.size(), value.size()});
    text_.append(value);
  }
  void add_null() { cells_.push_back({0, null}); }

  /// After a whole row: whether no more should be read. That is where SqlStatement::enough_bytes are there, which cuts
  /// the answer. Throws Error{refused} where an answer that must be whole goes beyond most_answer_bytes.
  bool is_enough(const SqlStatement& statement) {
    if (statement.enough_bytes > 0) return is_cut_ = bytes() >= statement.enough_bytes;
    if (bytes() > most_answer_bytes)
      throw Error(
          ErrorKind::refused,
          fmt::format("the database answers with more than {} MiB at once, which is not read", most_answer_bytes >> 20))
          .with_hint("ask for fewer jobs at a time: -l, or a narrower filter");
    return false;
  }

  std::size_t rows() const override { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  std::size_t columns() const override { return columns_; }
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
    const Cell& cell = cells_.at(row * columns_ + column);
    if (cell.size == null) return std::nullopt;
    return std::string_view(text_).substr(cell.start, cell.size);
  }
  bool is_cut() const override { return is_cut_; }

 private:
  static constexpr std::size_t null = static_cast<std::size_t>(-1);
  struct Cell {
    std::size_t start, size;
  };
  std::uint64_t bytes() const { return text_.size() + cells_.size() * sizeof(Cell); }

  std::size_t columns_;
  bool is_cut_ = false;
  std::string text_;
  std::vector<Cell> cells_;
};

}  // namespace queuetrace

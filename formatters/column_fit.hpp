// How wide the columns of a table are, and which of them a terminal has no room for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/table_view.hpp"

namespace queuetrace {

inline constexpr std::size_t column_gap = 2;  ///< blanks between two columns

/// A column that may be shown.
struct ColumnWant {
  CellKind kind = CellKind::word;
  std::size_t natural = 0;         ///< cells of its widest cell, its heading among them
  std::size_t least = 0;           ///< of a name or text, as long as another column can be left out
  unsigned drop = 0;               ///< see TableColumn::drop
  std::vector<std::string> names;  ///< of a name column: its different cells, which may not come to look alike
};

struct ColumnFit {
  std::vector<bool> shown;
  std::vector<std::size_t> widths;
};

/// Shrinks the free text to its least width, then names, then leaves out a column, and begins again, until a row fits
/// into `width` cells (0: any number). Beside free text names take 28 % of the width at most, or 22 cells where that is
/// more. Where nothing is left to leave out, names and text shrink on; only a terminal with no room for what cannot be
/// cut gets a wider row, which whoever prints it cuts.
ColumnFit fit_columns(std::span<const ColumnWant> wanted, std::size_t width, std::string_view ellipsis);

}  // namespace queuetrace

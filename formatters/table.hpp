// Rows of cells as aligned columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/formatter.hpp"

namespace queuetrace {

struct Cell {
  std::string text;             ///< printable, one line
  std::string_view color = {};  ///< SGR parameters
  std::string url = {};         ///< made a link of when not empty
};

/// Lays out rows in columns two blanks apart, without lines around them. Widths are fixed by the rows given to
/// set_widths(); later cells that are wider push the rest of their row aside, or are cut where the column may shrink.
/// Where rows are wider than the terminal, sentences give way first: in the last column they go on in further lines,
/// and where that leaves too little room for reading, or for a command, they stand below their row.
class TableLayout {
 public:
  TableLayout(std::vector<Column> columns, const FormatterOptions& options);

  const std::vector<Column>& columns() const { return columns_; }

  /// Sizes the columns; `all`: no further rows will come, so columns without any value are left out on a terminal.
  void set_widths(const std::vector<std::vector<Cell>>& rows, bool all);
  void append_headings(std::string& out) const;
  void append_row(std::string& out, const std::vector<Cell>& row) const;

 private:
  /// Whether cells of the column stand beside the others.
  bool in_row(std::size_t column) const { return shown_[column] && !below_[column]; }
  std::size_t row_width() const;
  void fit_sentences(std::size_t width, const std::vector<std::vector<Cell>>& rows);
  void shrink_to(std::size_t width);
  void append_wrapped(std::string& out, std::size_t column, std::string_view text) const;
  void append_cell(std::string& out, std::size_t column, const Cell& cell, bool last) const;

  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::vector<bool> shown_;
  std::vector<bool> below_;
  bool terminal_;
  bool color_;
  std::string_view ellipsis_;
  bool keep_empty_;
  std::size_t width_;
};

}  // namespace queuetrace

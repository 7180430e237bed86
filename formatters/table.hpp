// Rows of cells as aligned columns.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/name_cuts.hpp"
#include "formatters/table_view.hpp"

namespace queuetrace {

struct Cell {
  std::string text;             ///< printable, one line
  std::string_view color = {};  ///< SGR parameters
  std::string url = {};         ///< made a link of when not empty
  bool mixed = false;           ///< see DerivedText
};

/// Cells the cell takes, with the host that a link shows.
std::size_t width_of(const Cell& cell);

using Row = std::vector<Cell>;

/// Lays out rows in columns two blanks apart, without lines around them. On a terminal of known width no row is wider
/// than it, -o wide and columns that were asked for by --fields excepted. Sentences give way first: in the last column
/// they go on in further lines, and where that leaves too little room for reading, or for a command, they stand below
/// their row. Then the columns give way as fit_columns() says.
class TableLayout {
 public:
  /// `blocks`: as TableView::blocks.
  TableLayout(std::vector<TableColumn> columns, const FormatterOptions& options, bool blocks = false);

  const std::vector<TableColumn>& columns() const { return columns_; }

  /// Chooses and sizes the columns by these rows: those that say nothing in them are left out.
  void fit(const std::vector<Row>& rows);
  /// Whether further rows say nothing either in the columns that were left out for it.
  bool is_fit_for(const std::vector<Row>& rows) const;
  void append_headings(std::string& out) const;
  void append_row(std::string& out, const Row& row);

 private:
  bool in_row(std::size_t column) const { return shown_[column] && !below_[column]; }
  bool says_nothing(std::size_t column, const std::vector<Row>& rows, const std::string& usual) const;
  void leave_out_silent(const std::vector<Row>& rows);
  void fit_sentences(const std::vector<Row>& rows);
  void fit_rest(const std::vector<Row>& rows);
  std::size_t row_width() const;
  std::string line_of(const Row& row, NameCuts* cuts) const;
  void append_below(std::string& out, const Row& row) const;
  std::size_t start_of(std::size_t column) const;
  std::size_t indent_below(const std::string& text) const;
  void append_sentence(std::string& out, std::size_t column, std::string_view text) const;
  std::string cut_text(std::size_t column, const Cell& cell, std::size_t room) const;

  std::vector<TableColumn> columns_;
  std::vector<std::string> headings_;
  std::vector<std::size_t> widths_;
  std::vector<bool> shown_;
  std::vector<bool> below_;
  std::vector<std::optional<std::string>> silent_;  ///< what all cells hold of a column left out for it
  std::vector<NameCuts> cuts_;
  bool color_;
  bool cuts_cells_;  ///< whether names and text are cut, and columns left out
  bool cuts_rows_;   ///< whether anything else is cut that a row has no room for
  bool keep_all_;    ///< columns that say nothing too
  bool blocks_;
  std::optional<std::string> first_cell_;  ///< of the row before, in blocks
  std::string_view ellipsis_;
  std::size_t width_;  ///< 0: unlimited
};

}  // namespace queuetrace

// The rows of a view: filtered as one types, sorted by a column, one of them selected, some of them marked.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formatters/table_rows.hpp"

namespace queuetrace {

/// A line of the screen: safe for a terminal, colours as SGR sequences.
struct ScreenLine {
  std::string text;
  std::size_t selected_cells = 0;  ///< so many from the left stand out
};

struct ListedRow {
  Record record;
  std::string source;  ///< name of the source that told of it
  std::string key;     ///< the same from look to look, different from all others
};

/// A word or data of the record as it is stored, not to be printed; empty: none.
std::string raw_word(const Record& record, std::string_view field);

class RowList {
 public:
  explicit RowList(const TableView& view) : columns_(view.columns.begin(), view.columns.end()) {}

  /// The rows of the newest look. The selection stays with its row once the user has moved it; until then it is the
  /// first row. Marks of rows that are gone go with them.
  void set_rows(std::vector<ListedRow> rows);

  /// Only rows that hold `text` in some cell, in any letter case (ASCII); those that do not where it begins with `!`.
  /// Empty: all.
  void set_filter(const std::string& text);
  const std::string& filter() const { return filter_; }
  /// Only rows for which `wanted` holds; null: all.
  void set_choice(bool (*wanted)(const Record&));

  /// The letters that stand for columns one can sort by, with their headings.
  std::vector<std::pair<char, std::string>> sort_letters() const;
  /// Sorts by the column of the letter, numbers and times from the greatest, words from A; again: the other way round.
  /// False: no column has this letter.
  bool sort_by(char letter);
  void reverse_sort();
  /// Heading of the column, with `+` where it goes from the least up; empty: as the rows were given.
  std::string sort_words() const;

  void move(std::ptrdiff_t rows);
  void move_to_first() { move(-static_cast<std::ptrdiff_t>(rows_.size())); }
  void move_to_last() { move(static_cast<std::ptrdiff_t>(rows_.size())); }
  /// Null: there is no row.
  const ListedRow* selected() const;

  void toggle_mark();
  /// Marks every row that is shown; where all are, none.
  void toggle_all();
  std::size_t marked() const { return marks_.size(); }
  /// The marked rows, in the order shown; where none is, the selected one.
  std::vector<const ListedRow*> chosen() const;

  std::size_t shown() const { return order_.size(); }
  std::size_t total() const { return rows_.size(); }
  const std::vector<ListedRow>& rows() const { return rows_; }
  /// Number of the first and the last row on the screen, from 1.
  std::pair<std::size_t, std::size_t> window() const { return {first_ + 1, last_}; }

  /// The headings and as many rows as fit into `height` lines, the selected one among them.
  std::vector<ScreenLine> draw(const FormatterOptions& options, std::size_t height);

 private:
  void arrange();
  bool fits(std::size_t row) const;
  std::size_t place_of(const std::string& key) const;

  std::vector<TableColumn> columns_;
  std::vector<ListedRow> rows_;
  std::vector<std::string> texts_;  ///< of each row, in small letters, for the filter
  std::vector<std::size_t> order_;  ///< of the rows shown
  std::string filter_;
  bool (*wanted_)(const Record&) = nullptr;
  std::optional<std::size_t> sort_column_;
  bool greatest_first_ = true;
  std::set<std::string> marks_;
  std::string selected_key_;
  std::size_t place_ = 0;  ///< of the selection in order_
  bool moved_ = false;
  std::size_t first_ = 0, last_ = 0;  ///< on the screen
};

}  // namespace queuetrace

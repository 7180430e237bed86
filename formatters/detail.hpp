// One record as a block of `FIELD  value` lines.
#pragma once

#include <span>
#include <string>

#include "formatters/cell.hpp"
#include "formatters/formatter.hpp"
#include "formatters/record.hpp"
#include "formatters/table_view.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {

class DetailLayout {
 public:
  /// `table`: which fields stand out in colour; null: states alone.
  DetailLayout(std::span<const Column> columns, const TableView* table, const FormatterOptions& options)
      : columns_(columns), table_(table), options_(options) {}

  /// Appends the known fields of the record, one blank line after the block before. Further lines of a value stand
  /// under its first one, on a terminal also those that a field which wraps needs.
  void append(std::string& out, const Record& record, FieldSelection& selection, CellText& cells);

 private:
  std::string label_of(const std::string& field) const;
  bool is_headline(const std::string& field) const;
  std::string_view attention_of(const std::string& field, std::string_view text) const;
  Wrapping wrapping_of(const Field& field, std::size_t indent) const;

  std::span<const Column> columns_;
  const TableView* table_;
  const FormatterOptions& options_;
  bool first_ = true;
};

}  // namespace queuetrace

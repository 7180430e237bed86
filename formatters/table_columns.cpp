#include "formatters/table_columns.hpp"

#include <algorithm>

#include "formatters/record.hpp"

namespace queuetrace {
namespace {

TableColumn as_table_column(const Column& column) {
  const CellKind kind = column.wraps                  ? CellKind::sentence
                        : !column.shrinkable          ? CellKind::word
                        : is_identifier(column.field) ? CellKind::name
                                                      : CellKind::text;
  return {.field = column.field,
          .heading = column.heading,
          .kind = kind,
          .right = column.right,
          .attention = column.field == "state" || column.field == "severity" ? Attention::state : Attention::none,
          .nothing = column.field.ends_with("exactness") ? std::string_view("exact") : std::string_view(),
          .out_of = column.out_of};
}

/// Of a table that nobody described: the columns from the right, behind the first two.
void drop_from_the_right(std::vector<TableColumn>& columns) {
  constexpr std::size_t kept = 2;
  unsigned turn = 0;
  for (std::size_t column = columns.size(); column > kept; --column)
    if (columns[column - 1].kind != CellKind::sentence && columns[column - 1].kind != CellKind::text)
      columns[column - 1].drop = ++turn;
}

}  // namespace

std::vector<TableColumn> table_columns(const Heading& heading, const FormatterOptions& options,
                                       std::vector<std::string>& headings) {
  std::vector<TableColumn> chosen;
  if (!options.fields.empty()) {
    headings.clear();
    headings.reserve(options.fields.size());
    for (const std::string& name : options.fields) {
      const auto column = std::find_if(heading.columns.begin(), heading.columns.end(),
                                       [&](const Column& one) { return one.field == name; });
      if (column != heading.columns.end()) {
        chosen.push_back(as_table_column(*column));
        chosen.back().out_of = {};
        continue;
      }
      std::string& words = headings.emplace_back(name);
      std::transform(words.begin(), words.end(), words.begin(), [](char c) {
        return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      });
      chosen.push_back(
          {.field = name, .heading = words, .kind = is_identifier(name) ? CellKind::word : CellKind::text});
    }
    return chosen;
  }
  if (heading.table != nullptr && !options.wide) {
    chosen.assign(heading.table->columns.begin(), heading.table->columns.end());
    for (TableColumn& column : chosen)
      if (heading.several_sources && column.field == "source") {  // without it rows of two sources look alike
        column.differs = false;
        column.drop = 0;
      }
    return chosen;
  }
  for (const Column& column : heading.columns)
    if (column.where == Column::Where::table || (options.wide && column.where == Column::Where::wide))
      chosen.push_back(as_table_column(column));
  if (!options.wide) drop_from_the_right(chosen);
  return chosen;
}

}  // namespace queuetrace

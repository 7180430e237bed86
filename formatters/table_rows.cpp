#include "formatters/table_rows.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "formatters/attention.hpp"
#include "formatters/record.hpp"
#include "formatters/short_ids.hpp"

namespace queuetrace {
namespace {

std::string url_of(const Record& record) {
  const Value* url = find_value(record, "trace_url");
  const auto* text = url == nullptr ? nullptr : std::get_if<std::string>(url);
  return text == nullptr ? std::string() : *text;
}

Cell cell_of(const Record& record, const TableColumn& column, CellText& cells, bool hyperlinks) {
  Cell cell;
  const auto field =
      std::find_if(record.begin(), record.end(), [&](const Field& each) { return each.name == column.field; });
  if (column.text != nullptr) {
    DerivedText derived = column.text(record, cells);
    cell.text = std::move(derived.text);
    cell.mixed = derived.mixed;
  } else if (field != record.end()) {
    cell.text = cells.line(*field);
  }
  const Value* total = column.out_of.empty() ? nullptr : find_value(record, column.out_of);
  if (total != nullptr && is_known(*total)) {
    if (cell.text.empty()) cell.text = "?";
    cell.text += "/" + cells.line({std::string(column.out_of), *total});
  }
  cell.color = color_of_cell(column.attention, cell.text,
                             field == record.end() ? nullptr : std::get_if<Milliseconds>(&field->value), cells.ages());
  if (column.kind == CellKind::id || column.kind == CellKind::trace) cell.color = dim;
  if (hyperlinks && column.field == "trace_id" && !cell.text.empty()) cell.url = url_of(record);
  return cell;
}

}  // namespace

Row table_row(const Record& record, std::span<const TableColumn> columns, CellText& cells, bool hyperlinks) {
  Row row;
  row.reserve(columns.size());
  for (const TableColumn& column : columns) row.push_back(cell_of(record, column, cells, hyperlinks));
  return row;
}

void shorten_ids(std::vector<Row>& rows, std::span<const TableColumn> columns) {
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const CellKind kind = columns[column].kind;
    if (kind != CellKind::id && kind != CellKind::trace) continue;
    std::vector<std::string> ids;
    for (const Row& row : rows) ids.push_back(row[column].text);
    const std::vector<std::string> shown = short_ids(ids);
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row][column].text = shown[row];
  }
}

}  // namespace queuetrace

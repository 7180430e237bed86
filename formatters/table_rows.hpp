// Records as rows of cells: what stands in each column, its colour, its link; ids as short as the page allows.
#pragma once

#include <span>
#include <vector>

#include "formatters/cell.hpp"
#include "formatters/table.hpp"

namespace queuetrace {

/// The row of a record. `hyperlinks`: trace ids link to their trace. Values hidden on the way are counted by `cells`.
Row table_row(const Record& record, std::span<const TableColumn> columns, CellText& cells, bool hyperlinks);

/// Cuts the ids of the rows, a page, to what tells them apart (short_ids.hpp).
void shorten_ids(std::vector<Row>& rows, std::span<const TableColumn> columns);

}  // namespace queuetrace

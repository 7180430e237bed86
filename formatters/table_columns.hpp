// Which columns a table has: those of its view, those that --fields names, or what the fields of the records say.
#pragma once

#include <string>
#include <vector>

#include "formatters/table_view.hpp"

namespace queuetrace {

/// Columns for `-o table` and `-o wide`. Headings of chosen fields without a column are kept in `headings`, which must
/// outlive the columns.
std::vector<TableColumn> table_columns(const Heading& heading, const FormatterOptions& options,
                                       std::vector<std::string>& headings);

}  // namespace queuetrace

// A table of which this role may read some columns only: its rows as they can be read, and what cannot be asked of
// them.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/sql/live_schema.hpp"

namespace queuetrace {

/// Whether the SQL names one of these columns behind an alias (`j.payload`), of whatever table: rather once too often.
bool names_column(std::string_view sql, const LiveTable& columns);

/// The table's rows as a table expression in which refused columns are NULL of their types, in PostgreSQL; the
/// qualified and quoted name where every column may be read, or none.
std::string granted_rows(const LiveSchema& schema, std::string_view table);

}  // namespace queuetrace

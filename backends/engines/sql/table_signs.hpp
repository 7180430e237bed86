// Which queue systems a database shows by its tables, without reading any of them.
#pragma once

#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// A system by its tables: those that no other software is likely to have in this form.
struct SqlTableSign {
  std::string_view title;  ///< as people call it: `pg-boss`
  SqlFlavour flavour = SqlFlavour::postgresql;
  std::string_view needs;  ///< as in system.hpp, all of the form `table.column`
};

/// The titles of the signs that some schema shows, in their order, each once. One statement over the catalogue. Throws
/// Error as SqlConnection::query does.
std::vector<std::string_view> titles_shown(SqlConnection& connection, std::span<const SqlTableSign> signs,
                                           std::chrono::milliseconds timeout);

}  // namespace queuetrace

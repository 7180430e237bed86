// What is asked of a database's catalogue when it is opened: which of the tables that we know are there, and what of
// them we may see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Rows (schema, table, column, type, place in the search path or NULL, `true` when we may read it) of all tables named
/// in the list; `search_path`, in PostgreSQL, is an array of the schemas in it. The type of a
/// column that the server computes begins with `generated `; of functions (`name()` in the list) rows with their
/// numbers of arguments as columns; of columns of enum types rows of a table `table#column` with the labels as columns,
/// of type `label`; of tables whose rows can be asked for by their place a row of a table `table:heap` with the column
/// `ctid`, of the number of the server's version as its type; of relations that are no tables of this database a row of
/// a table `table:kind` with the letter of pg_class.relkind as its column; of tables whose row level security is in
/// force for this role a row of a table `table:hidden`. Of columns that we may not read it has rows of a table
/// `table:refused`, with their types as SQL writes them.
SqlStatement catalogue_query(SqlFlavour flavour, const std::vector<std::string>& names,
                             const std::optional<std::string>& search_path = {});

/// Rows as above of a table `view:hidden` for each view named in the list behind which row level
/// security is in force. Of PostgreSQL alone; asked where catalogue_query() found a view, since it looks at all views
/// of the database.
SqlStatement hidden_behind_views_query(const std::vector<std::string>& names,
                                       const std::optional<std::string>& search_path);

}  // namespace queuetrace

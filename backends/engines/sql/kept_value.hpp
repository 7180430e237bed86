// How the value of a column stands in a backup, and how it goes back into the column byte for byte: in PostgreSQL as
// its type prints it, in SQLite, where any column holds values of any type, behind a letter for the type (`i12`,
// `tword`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// SQL for the text that a backup holds of `expression`; NULL for NULL.
std::string kept_value(SqlFlavour flavour, std::string_view expression);

/// A value to write: an expression over `placeholder`, and what is bound to it.
struct KeptParameter {
  std::string expression;
  std::optional<std::string> value;
};

/// Absent: no text that kept_value() makes.
std::optional<KeptParameter> to_be_put_back(SqlFlavour flavour, std::optional<std::string> kept,
                                            std::string_view placeholder);

}  // namespace queuetrace

// Names and values of a description as SQL: everything a user typed becomes SQL text here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"
#include "backends/systems/described/live_table.hpp"
#include "model/system_description.hpp"

namespace queuetrace::described {

/// `text` as a literal of type text. No `{` in it is followed by a name, so that descriptions may hold it
/// (backends/engines/sql/system.hpp).
std::string quoted_text(SqlFlavour flavour, std::string_view text);

/// `"name"`. Throws Error{usage} for a name with braces, which descriptions cannot hold.
std::string quoted_name(std::string_view name);

/// `literal` as a value of the column's own type. Throws Error{usage} where it is none.
std::string literal_of(SqlFlavour flavour, const LiveColumn& column, const DescribedLiteral& literal);

/// Whether values of the kind can be compared in their own type; others are compared as text.
bool has_own_literals(ColumnKind kind);

/// `a text`, `a whole number`: for messages.
std::string_view words_for(ColumnKind kind);

}  // namespace queuetrace::described

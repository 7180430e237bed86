// From a table to a description of it.
#pragma once

#include <string>

#include "model/source.hpp"
#include "model/system_proposal.hpp"

namespace queuetrace {

/// Looks at the table's columns and at no more than 10,000 of its rows, read-only. `table`: TABLE or SCHEMA.TABLE; a
/// table whose name has the dot is found, too. Throws Error: usage (a source in Redis), not_found (no such table, or
/// none of its columns tells rows apart), and as open_stores().
SystemProposal propose_system(const Source& source, const std::string& table);

}  // namespace queuetrace

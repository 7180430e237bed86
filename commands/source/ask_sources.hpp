// Whether sources answer, what is in them, and what may be done there: each asked in a thread of its own.
#pragma once

#include <vector>

#include "commands/context.hpp"
#include "formatters/source_record.hpp"

namespace queuetrace {

/// One answer a source, in their order. Opens each, to read and then to change, and changes nothing. One that does not
/// answer costs 2 seconds for each of: its password, the connection, a statement. Throws nothing.
std::vector<SourceAnswer> ask_sources(const std::vector<Source>& sources, const Context& context);

}  // namespace queuetrace

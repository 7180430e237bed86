// Queue systems that are known, but not read: a database that holds one is told so by name.
#pragma once

#include <span>

#include "backends/engines/sql/table_signs.hpp"

namespace queuetrace {

/// By their tables; facts: docs/systems/not-read.md. A system that has a folder here is not among them.
std::span<const SqlTableSign> foreign_table_signs();

}  // namespace queuetrace

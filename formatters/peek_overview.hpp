// A line for each queue: what is taken next from it, and how much of it is held and why.
#pragma once

#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/peek.hpp"

namespace queuetrace {

/// Fields: queue, source, next (id), created_at (of next), held (jobs that are not taken now), held_exactness, why
/// (`29 paused, 3 scheduled`).
Record peek_overview_record(const std::string& source, const PeekQueue& queue);
std::span<const Column> peek_overview_columns();
const TableView& peek_overview_table();

}  // namespace queuetrace

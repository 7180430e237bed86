// A line for each queue: what is taken next from it, and how much of it is held and why.
#pragma once

#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/peek.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// Fields: queue, source, next (id; null where nothing is taken) created_at (of next), due (jobs that are taken as soon
/// as a worker asks), due_exactness, held (jobs that are not taken now), held_exactness, why (`2 blocked, 3
/// scheduled`: what time alone brings comes last), paused, paused_at. `due`: whether there may be more of them than
/// PeekQueue::next holds.
Record peek_overview_record(const std::string& source, const PeekQueue& queue, Exactness due);
std::span<const Column> peek_overview_columns();
const TableView& peek_overview_table();

}  // namespace queuetrace

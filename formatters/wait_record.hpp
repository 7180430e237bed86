// The end of a `wait` as a record.
#pragma once

#include <span>

#include "formatters/table_view.hpp"
#include "model/wait_result.hpp"

namespace queuetrace {

/// Schema `queuetrace.wait/1`, key `waits`. Fields: outcome (met, time_limit, never, unknown), condition, matching,
/// matching_exactness (exact, at_least), state (of the one job waited for), samples (refs of jobs that match), ended
/// (of an operation's jobs: a number by state, and of those that are `gone`), looks, elapsed_ms.
Record wait_record(const WaitResult& result);
std::span<const Column> wait_columns();
/// How tables show it.
const TableView& wait_table();

}  // namespace queuetrace

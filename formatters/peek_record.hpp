// What workers take next, and what waits and why, as records.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/peek.hpp"
#include "model/trace_action.hpp"

namespace queuetrace {

/// Schema `queuetrace.peek/1`, key `jobs`. `position` counts from 1, the job taken first. Fields: position,
/// order_exact, then those of a job; `queue` is the queue asked where the job does not name one.
Record peek_record(const PeekQueue& queue, const Job& job, std::int64_t position, const JobLinks& links, Timestamp now);
std::span<const Column> peek_columns();
const TableView& peek_table();

/// Schema `queuetrace.waiting/1`, key `waiting`. Fields: source, queue, reason, count, count_exactness, earliest_at,
/// sample, explanation.
Record waiting_record(const std::string& source, const PeekQueue& queue, const Waiting& waiting);
std::span<const Column> waiting_columns();
/// A row a reason, the explanation last.
const TableView& waiting_table();

}  // namespace queuetrace

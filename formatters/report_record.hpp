// How a job fared when it was to be changed, as a record.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// Schema `queuetrace.report/1`, key `jobs`. Fields: ref, id, queue, kind, state (as the plan saw it), outcome, reason,
/// cause. `target` gives what is known of the job; for a restored one only its id.
Record report_record(const Target& target, const TargetReport& report);
std::span<const Column> report_columns();
/// ID OUTCOME STATE QUEUE KIND REASON, and what the server said below
const TableView& report_table();

}  // namespace queuetrace

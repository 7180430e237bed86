// A queue that was paused or resumed, as a record.
#pragma once

#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// Schema `queuetrace.queue_report/1`, key `queues`. Fields: source, queue, paused (as asked for), outcome, reason,
/// cause. `dry_run`: the outcome is left out.
Record pause_record(const std::string& source, const std::string& queue, bool paused, const TargetReport& report,
                    bool dry_run);
std::span<const Column> pause_columns();

}  // namespace queuetrace

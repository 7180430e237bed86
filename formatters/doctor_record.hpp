// A finding of `doctor`, as a record.
#pragma once

#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Schema `queuetrace.doctor/1`, key `findings`. Fields: severity, source, system, code, subject, text, count,
/// count_exactness, samples (job refs), queues, paused_queues, names, remedy, see, unanswered. `source` is the
/// store's address; `see`, the command that shows some of what was found, may hold what the store holds.
Record doctor_record(const std::string& source, const std::string& system, const Finding& finding,
                     const std::string& see = "");
std::span<const Column> doctor_columns();

/// One block a finding: what was found, how many of which queue it concerns, what to do, and where to look.
const TableView& doctor_table();

}  // namespace queuetrace

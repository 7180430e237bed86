// A finding of `doctor`, as a record.
#pragma once

#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Schema `queuetrace.doctor/1`, key `findings`. Fields: severity, source, system, code, subject, text, count,
/// count_exactness, samples (job refs), queues, paused_queues, names, remedy, unanswered. `source` is the store's
/// address.
Record doctor_record(const std::string& source, const std::string& system, const Finding& finding);
std::span<const Column> doctor_columns();

/// One row a finding, with what it concerns and what to do about it below.
const TableView& doctor_table();

}  // namespace queuetrace

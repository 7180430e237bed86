// One check of `health` as a record.
#pragma once

#include <span>

#include "formatters/table_view.hpp"
#include "model/health.hpp"

namespace queuetrace {

/// Schema `queuetrace.health/1`, key `checks`. Fields: status (ok, undecided, tripped), check (age, depth, dead,
/// failures, failure_rate, stale, coverage), source, system, queue, value, exactness, limit, unit (ms, jobs, percent),
/// reason. A check over all sources has no source and system, one over all queues no queue. `with_signs`: percentages
/// are texts with their sign, for tables, which have no column for the unit.
Record health_record(const HealthCheck& check, bool with_signs = false);
std::span<const Column> health_columns();
/// How tables show it.
const TableView& health_table();

}  // namespace queuetrace

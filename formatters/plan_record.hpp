// What would be done to a job, as a record.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// Schema `queuetrace.targets/1`, key `targets`. Fields: ref, id, queue, kind, state, native_state, error, verdict,
/// reason, effect, may_force.
Record plan_record(const Target& target);
std::span<const Column> plan_columns();
/// ID VERDICT STATE QUEUE KIND REASON and what happens beside it; the verdict where some jobs are left alone.
const TableView& plan_table();

/// How many jobs of a plan, or of a report, share a word and a reason; for tables.
Record count_record(const std::string& word, const std::string& reason, std::uint64_t jobs);
/// The columns of count_record(); `heading` for the word.
std::span<const Column> verdict_count_columns();
std::span<const Column> outcome_count_columns();

}  // namespace queuetrace

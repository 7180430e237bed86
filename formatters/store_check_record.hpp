// What `source check` and `doctor` found, as records.
#pragma once

#include <span>
#include <string>

#include "formatters/formatter.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Schema `queuetrace.checks/1`, key `checks`. Fields: source, system, server, version, latency_ms, clock_skew_ms,
/// lookup_trace, lookup_correlation, lookup_id (`indexed`, `scanned`, `unsupported`), ordered, times, findings (list of
/// {severity, subject, text, remedy}).
Record store_check_record(const std::string& source, const std::string& system, const StoreCheck& check);
std::span<const Column> store_check_columns();

/// `good`, `note`, `warning`, `problem`.
std::string_view to_word(Finding::Severity severity);
/// `indexed`, `scanned`, `unsupported`.
std::string_view to_word(Lookup lookup);

}  // namespace queuetrace

// How long one statement may run under the limits of a call.
#pragma once

#include <chrono>

#include "backends/engines/sql/connection.hpp"
#include "model/error.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// The smaller of the statement time-out, which is the connection's usual one where the limits name none, and the time
/// left to the deadline, at least 1 ms; zero: no bound. Where the scan is not bounded (`--full`) only the deadline
/// counts.
std::chrono::milliseconds time_for_statement(const ReadLimits& limits, const SqlConnection& connection);

/// The same for a statement that writes, which may hold rows that workers want: never longer than 5 s.
std::chrono::milliseconds time_for_write(const ReadLimits& limits, const SqlConnection& connection);

/// Whether the server stopped a statement after its time-out (SqlConnection::query).
bool is_time_out(const Error& error);

/// Whether the deadline has passed or a stop was asked for.
bool is_over(const ReadLimits& limits);

}  // namespace queuetrace

#include "backends/engines/sql/statement_limits.hpp"

#include <algorithm>

namespace queuetrace {

std::chrono::milliseconds time_for_statement(const ReadLimits& limits, const SqlConnection& connection) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const milliseconds usual = limits.statement_timeout.value_or(connection.usual_timeout());
  const bool bounded = limits.scan.has_value() && usual.count() > 0;
  if (limits.deadline == steady_clock::time_point::max()) return bounded ? usual : milliseconds(0);
  const auto left = std::max(milliseconds(1), std::chrono::ceil<milliseconds>(limits.deadline - steady_clock::now()));
  return bounded ? std::min(left, usual) : left;
}

std::chrono::milliseconds time_for_write(const ReadLimits& limits, const SqlConnection& connection) {
  constexpr std::chrono::milliseconds longest{5'000};
  const std::chrono::milliseconds left = time_for_statement(limits, connection);
  return left == std::chrono::milliseconds::zero() ? longest : std::min(left, longest);
}

bool is_time_out(const Error& error) { return error.kind() == ErrorKind::timed_out; }

bool is_over(const ReadLimits& limits) {
  return limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline;
}

}  // namespace queuetrace

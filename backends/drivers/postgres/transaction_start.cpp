#include "backends/drivers/postgres/transaction_start.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace queuetrace {

std::string transaction_start(int version, std::string_view mode, const TransactionLimits& limits,
                              std::string_view encoding) {
  const auto limit = limits.statement.count();
  return fmt::format(
      "BEGIN ISOLATION LEVEL READ COMMITTED {3} NOT DEFERRABLE; SET LOCAL statement_timeout = {0}; "
      "SET LOCAL lock_timeout = {1}; SET LOCAL idle_in_transaction_session_timeout = 60000; "
      "SET LOCAL client_encoding = '{4}'; SET LOCAL standard_conforming_strings = on; "
      "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; "
      "SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3; SET LOCAL quote_all_identifiers = off; "
      "SET LOCAL transform_null_equals = off; SET LOCAL row_security = on{2}{5}",
      limit, limit == 0 ? limits.lock_wait.count() : std::min<long>(limit, limits.lock_wait.count()),
      version >= 110'000 ? "; SET LOCAL jit = off" : "", mode, encoding,
      version >= 170'000 ? "; SET LOCAL transaction_timeout = 0" : "");
}

}  // namespace queuetrace

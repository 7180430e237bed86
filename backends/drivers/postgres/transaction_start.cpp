#include "backends/drivers/postgres/transaction_start.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace queuetrace {

TransactionStart transaction_start(int version, std::string_view mode, const TransactionLimits& limits,
                                   std::string_view encoding, NamesFound names) {
  TransactionStart start;
  start.begin = fmt::format("BEGIN ISOLATION LEVEL READ COMMITTED {} NOT DEFERRABLE", mode);
  const auto set = [&](std::string_view name, std::string_view value) {
    start.settings += fmt::format("{}pg_catalog.set_config('{}', '{}', true)",
                                  start.settings.empty() ? "SELECT " : ", ", name, value);
  };
  const auto limit = limits.statement.count();
  set("statement_timeout", std::to_string(limit));
  set("lock_timeout",
      std::to_string(limit == 0 ? limits.lock_wait.count() : std::min<long>(limit, limits.lock_wait.count())));
  set("idle_in_transaction_session_timeout", "60000");
  if (limits.sort_bytes > 0) set("work_mem", fmt::format("{}kB", limits.sort_bytes / 1024));
  set("client_encoding", encoding);
  set("standard_conforming_strings", "on");
  set("TimeZone", "UTC");
  set("DateStyle", "ISO, YMD");
  set("IntervalStyle", "postgres");
  set("bytea_output", "hex");
  set("extra_float_digits", "3");
  set("quote_all_identifiers", "off");
  set("transform_null_equals", "off");
  set("row_security", "on");
  set("gin_fuzzy_search_limit", "0");
  if (version >= 110'000) set("jit", "off");
  if (version >= 170'000) set("transaction_timeout", "0");
  if (names == NamesFound::in_catalogue) set("search_path", "pg_catalog, pg_temp");
  return start;
}

}  // namespace queuetrace

// How every transaction begins.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace queuetrace {

struct TransactionLimits {
  std::chrono::milliseconds statement;  ///< 0: none
  std::chrono::milliseconds lock_wait;  ///< at most `statement`
};

/// Statements that begin a transaction in which nothing that a role, a database or the server sets by itself changes an
/// answer. `version`: the server's, 150002 for 15.2. `mode`: `READ ONLY` or `READ WRITE`. `encoding`: the client's.
std::string transaction_start(int version, std::string_view mode, const TransactionLimits& limits,
                              std::string_view encoding);

/// Goes behind it: names are looked for in the catalogue alone, so that no table's owner can put another function in
/// the place of one of PostgreSQL's.
inline constexpr std::string_view catalogue_only = "; SET LOCAL search_path = pg_catalog, pg_temp";

}  // namespace queuetrace

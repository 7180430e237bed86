// How every transaction begins.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace queuetrace {

struct TransactionLimits {
  std::chrono::milliseconds statement;  ///< 0: none
  std::chrono::milliseconds lock_wait;  ///< at most `statement`
  std::uint64_t sort_bytes = 0;         ///< SqlStatement::sort_bytes
};

/// Which names a transaction finds without a schema.
enum class NamesFound {
  in_catalogue,   ///< those of PostgreSQL alone, so that no table's owner can put another function in the place of one
  by_own_search,  ///< along the session's own search path
};

/// Two statements.
struct TransactionStart {
  std::string begin;
  std::string settings;  ///< a SELECT of one row
};

/// Statements that begin a transaction in which nothing that a role, a database or the server sets by itself changes an
/// answer. `version`: the server's, 150002 for 15.2. `mode`: `READ ONLY` or `READ WRITE`. `encoding`: the client's.
TransactionStart transaction_start(int version, std::string_view mode, const TransactionLimits& limits,
                                   std::string_view encoding, NamesFound names);

}  // namespace queuetrace

// Statements whose texts, or whose rows, have no place in the encoding of the other side.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <pqxx/except>
#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// The encoding that translates nothing.
inline constexpr std::string_view raw_bytes = "SQL_ASCII";

/// The SQLSTATE; libpqxx 6 forgets that of some of its own classes.
std::string state_of(const pqxx::sql_error& failure);

/// Runs a statement in a transaction of its own, its answer in this encoding; empty: the usual one. Throws what pqxx
/// does.
using RunInEncoding = std::function<std::unique_ptr<SqlResult>(const SqlStatement&, std::chrono::milliseconds timeout,
                                                               std::string_view encoding)>;

/// `run` with the statement; where the text of a value or of a row is none in the encoding of the other side, it is
/// looked for as one that nothing holds, or taken as its bytes: one row must not hide the others. `is_open`: whether
/// the session outlived a failure.
std::unique_ptr<SqlResult> run_whatever_text(const SqlStatement& statement, std::chrono::milliseconds timeout,
                                             const RunInEncoding& run, const std::function<bool()>& is_open);

}  // namespace queuetrace

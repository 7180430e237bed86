// One statement sent to PostgreSQL, and what comes back.
#pragma once

#include <memory>
#include <pqxx/pqxx>

#include "backends/drivers/postgres/session.hpp"
#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Runs the statement with its values bound. Throws what libpqxx throws.
std::unique_ptr<SqlResult> run_statement(pqxx::nontransaction& session, const SqlStatement& statement);

/// The same, but the rows are read one after the other and bounded as SqlStatement says. An answer that is_cut(), or an
/// Error because it is too large, leaves the session in the middle of it: it has to be closed.
std::unique_ptr<SqlResult> read_rows(const PostgresSession& session, const SqlStatement& statement);

}  // namespace queuetrace

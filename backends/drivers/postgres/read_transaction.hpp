// A statement that reads, in a transaction of its own.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "backends/drivers/postgres/transaction_start.hpp"
#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Begins a transaction, reads the statement's rows as take_rows() does, and commits. All of it is sent at once, so
/// that a distant server is waited for once. After what is thrown for a statement that failed (pqxx::sql_error) the
/// transaction has to be rolled back; a session that is lost, or in the middle of an answer, has to be closed.
std::unique_ptr<SqlResult> read_in_transaction(PGconn* connection, const TransactionStart& start,
                                               const SqlStatement& statement);

}  // namespace queuetrace

// One statement sent to PostgreSQL, and what comes back.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "backends/drivers/postgres/answer.hpp"
#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Sends the statement with its values bound and waits for nothing. Throws what libpqxx throws.
void send_statement(PGconn* connection, const SqlStatement& statement);

/// Takes the answer to the statement that was sent, which must be the next one. The rows are read one after the other
/// and bounded as SqlStatement says. An answer that is_cut(), or an Error because it is too large, leaves the session
/// in the middle of it: it has to be closed. Throws what libpqxx throws.
std::unique_ptr<SqlResult> take_rows(AnswerReader& answer, const SqlStatement& statement);

}  // namespace queuetrace

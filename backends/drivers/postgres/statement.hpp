// One statement sent to PostgreSQL, and what comes back.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Runs the statement with its values bound. The rows are read one after the other and bounded as SqlStatement says. An
/// answer that is_cut(), or an Error because it is too large, leaves the session in the middle of it: it has to be
/// closed. Throws what libpqxx throws.
std::unique_ptr<SqlResult> read_rows(PGconn* connection, const SqlStatement& statement);

}  // namespace queuetrace

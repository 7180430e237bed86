// One statement sent through libpqxx, and what comes back.
#pragma once

#include <memory>
#include <pqxx/pqxx>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Runs the statement with its values bound. Throws what libpqxx throws.
std::unique_ptr<SqlResult> run_statement(pqxx::nontransaction& session, const SqlStatement& statement);

}  // namespace queuetrace

#include "tests/support/postgres_session.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace queuetrace::test {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

Result checked(pg_conn* connection, PGresult* raw) {
  Result result(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection));
  return result;
}

}  // namespace

void PostgresSession::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

PostgresSession::PostgresSession(const PostgresDatabase& database) : url_(database.url()) { reconnect(); }

void PostgresSession::reconnect() {
  prepared_.clear();
  connection_.reset(PQconnectdb(url_.c_str()));
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
}

PostgresSession::Rows PostgresSession::run(const std::string& statement, const std::vector<std::string>& values) {
  auto found = prepared_.find(statement);
  if (found == prepared_.end()) {
    const std::string name = "s" + std::to_string(prepared_.size());
    checked(connection_.get(), PQprepare(connection_.get(), name.c_str(), statement.c_str(), 0, nullptr));
    found = prepared_.emplace(statement, name).first;
  }
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const Result result =
      checked(connection_.get(), PQexecPrepared(connection_.get(), found->second.c_str(),
                                                static_cast<int>(texts.size()), texts.data(), nullptr, nullptr, 0));
  Rows rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (int column = 0; column < PQnfields(result.get()); ++column)
      rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
  return rows;
}

std::vector<std::string> lines_of(PostgresSession& session, const std::vector<std::string>& queries) {
  std::vector<std::string> lines;
  for (const std::string& query : queries)
    for (const std::vector<std::string>& row : session.run(query)) lines.push_back(row.front());
  return lines;
}

}  // namespace queuetrace::test

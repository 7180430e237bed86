#include "backends/drivers/postgres/statement.hpp"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/rows_read.hpp"

namespace queuetrace {
namespace {

class PostgresResult : public SqlResult {
 public:
  explicit PostgresResult(pqxx::result result)
      : result_(std::move(result)), columns_(static_cast<std::size_t>(result_.columns())) {}

  std::size_t rows() const override { return static_cast<std::size_t>(result_.size()); }
  std::size_t columns() const override { return columns_; }
  std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
    using Row = pqxx::result::size_type;
    using Column = pqxx::row::size_type;
    if (!row_ || row != row_number_) {
      row_.emplace(result_[static_cast<Row>(row)]);
      row_number_ = row;
    }
    const pqxx::field field = (*row_)[static_cast<Column>(column)];
    if (field.is_null()) return std::nullopt;
    return std::string_view(field.c_str(), field.size());
  }

 private:
  pqxx::result result_;
  std::size_t columns_;
  mutable std::optional<pqxx::row> row_;  ///< the row last asked for; making one costs more than a cell
  mutable std::size_t row_number_ = 0;
};

pqxx::result send(pqxx::nontransaction& session, const SqlStatement& statement) {
#if PQXX_VERSION_MAJOR < 7
  std::vector<const char*> values;
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  return session.exec_params(statement.text, pqxx::prepare::make_dynamic_params(values));
#else
  pqxx::params values;
  for (const auto& value : statement.parameters) values.append(value);
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return session.exec(pqxx::zview(statement.text), values);
#else
  return session.exec_params(pqxx::zview(statement.text), values);
#endif
#endif
}

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

void add_row(RowsRead& rows, const PGresult* row) {
  for (int column = 0; column < PQnfields(row); ++column) {
    if (PQgetisnull(row, 0, column) == 1)
      rows.add_null();
    else
      rows.add({PQgetvalue(row, 0, column), static_cast<std::size_t>(PQgetlength(row, 0, column))});
  }
}

/// What libpqxx would throw.
[[noreturn]] void fail(PGconn* connection, const PGresult* result, const SqlStatement& statement) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string said = result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result);
  if (state == nullptr || std::strlen(state) == 0) throw pqxx::broken_connection(said);
  throw pqxx::sql_error(said, statement.text, state);
}

}  // namespace

std::unique_ptr<SqlResult> read_rows(const PostgresSession& session, const SqlStatement& statement) {
  PGconn* const connection = session.handle();
  std::vector<const char*> values;
  values.reserve(statement.parameters.size());
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  if (PQsendQueryParams(connection, statement.text.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) == 0)
    fail(connection, nullptr, statement);
  PQsetSingleRowMode(connection);
  std::unique_ptr<RowsRead> rows;
  ResultHandle failed;
  while (ResultHandle result{PQgetResult(connection)}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      if (!failed) failed = std::move(result);
      continue;
    }
    if (!rows) rows = std::make_unique<RowsRead>(static_cast<std::size_t>(PQnfields(result.get())));
    if (status != PGRES_SINGLE_TUPLE) continue;
    add_row(*rows, result.get());
    if (rows->is_enough(statement)) return rows;
  }
  if (failed || !rows) fail(connection, failed.get(), statement);
  return rows;
}

std::unique_ptr<SqlResult> run_statement(pqxx::nontransaction& session, const SqlStatement& statement) {
  return std::make_unique<PostgresResult>(send(session, statement));
}

}  // namespace queuetrace

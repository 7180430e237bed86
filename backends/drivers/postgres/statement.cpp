#include "backends/drivers/postgres/statement.hpp"

#include <pqxx/pqxx>
#include <string_view>
#include <vector>

#include "backends/drivers/postgres/answer.hpp"
#include "backends/engines/sql/rows_read.hpp"

namespace queuetrace {
namespace {

void add_row(RowsRead& rows, const PGresult* row) {
  for (int column = 0; column < PQnfields(row); ++column) {
    if (PQgetisnull(row, 0, column) == 1)
      rows.add_null();
    else
      rows.add({PQgetvalue(row, 0, column), static_cast<std::size_t>(PQgetlength(row, 0, column))});
  }
}

}  // namespace

void send_statement(PGconn* connection, const SqlStatement& statement) {
  std::vector<const char*> values;
  values.reserve(statement.parameters.size());
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  if (PQsendQueryParams(connection, statement.text.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) == 0)
    throw_failure(connection, nullptr, statement.text);
}

std::unique_ptr<SqlResult> take_rows(AnswerReader& answer, const SqlStatement& statement) {
  PQsetSingleRowMode(answer.connection());
  std::unique_ptr<RowsRead> rows;
  while (const ResultHandle result = answer.next()) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      answer.throw_failed(*result, statement.text);
    const auto columns = static_cast<std::size_t>(PQnfields(result.get()));
    if (!rows) rows = std::make_unique<RowsRead>(columns);
    if (columns != rows->columns()) throw pqxx::broken_connection("the rows of one answer have different columns");
    if (status != PGRES_SINGLE_TUPLE) continue;
    add_row(*rows, result.get());
    answer.keep(rows->bytes());
    if (rows->is_enough(statement)) return rows;
  }
  if (!rows) throw_failure(answer.connection(), nullptr, statement.text);
  return rows;
}

}  // namespace queuetrace

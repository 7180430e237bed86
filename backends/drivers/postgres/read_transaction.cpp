#include "backends/drivers/postgres/read_transaction.hpp"

#include <pqxx/pqxx>

#include "backends/drivers/postgres/answer.hpp"
#include "backends/drivers/postgres/statement.hpp"

namespace queuetrace {
namespace {

/// Reads what is left of the answers, which comes at once.
void leave_pipeline(AnswerReader& answer) {
  constexpr int most = 100;
  PGconn* const connection = answer.connection();
  for (int read = 0; read < most && PQstatus(connection) == CONNECTION_OK; ++read) {
    const ResultHandle result = answer.next();
    if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC && PQexitPipelineMode(connection) == 1) return;
  }
  throw pqxx::broken_connection("the server goes on after the end of its answer");
}

}  // namespace

std::unique_ptr<SqlResult> read_in_transaction(PGconn* connection, const TransactionStart& start,
                                               const SqlStatement& statement) {
  const SqlStatement begin{start.begin, {}}, settings{start.settings, {}}, commit{"COMMIT", {}};
  AnswerReader answer(connection);
  if (PQenterPipelineMode(connection) == 0) throw_failure(connection, nullptr, begin.text);
  for (const SqlStatement* one : {&begin, &settings, &statement, &commit}) send_statement(connection, *one);
  if (PQpipelineSync(connection) == 0) throw_failure(connection, nullptr, statement.text);
  std::unique_ptr<SqlResult> rows;
  try {
    take_rows(answer, begin);
    take_rows(answer, settings);
    rows = take_rows(answer, statement);
    if (rows->is_cut()) return rows;
    take_rows(answer, commit);
  } catch (const pqxx::sql_error&) {
    if (PQstatus(connection) == CONNECTION_OK) leave_pipeline(answer);
    throw;
  }
  leave_pipeline(answer);
  return rows;
}

}  // namespace queuetrace

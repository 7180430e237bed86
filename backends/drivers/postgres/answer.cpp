#include "backends/drivers/postgres/answer.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>

#include <cstring>
#include <pqxx/pqxx>

#include "backends/engines/sql/connection.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// What libpq, and everything else, holds in large pieces: it makes room for a message as soon as it has read its
/// length, and says nowhere how much.
std::size_t held_in_large_pieces() { return ::mallinfo2().hblkhd; }

void drop_notifications(PGconn* connection) {
  while (PGnotify* const one = PQnotifies(connection)) PQfreemem(one);
}

/// The result that is there. Nobody asked for a COPY: libpq would give it again and again.
ResultHandle result_of(PGconn* connection) {
  ResultHandle result(PQgetResult(connection));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH)
    throw pqxx::broken_connection("the server answers with a COPY that nobody asked for");
  return result;
}

}  // namespace

// Asked for before each look at the socket: what came with an earlier result may be the beginning of a message without
// end, and one look takes whatever there is room for as long as the server sends.
AnswerReader::AnswerReader(PGconn* connection) : connection_(connection), held_before_(held_in_large_pieces()) {}

ResultHandle AnswerReader::next() {
  while (PQisBusy(connection_) != 0) {
    if (held_in_large_pieces() > held_before_ + kept_ + 2 * most_answer_bytes)  // room for it grows by doubling
      throw Error(ErrorKind::refused, fmt::format("the database sends more than {} MiB in one piece, which is not read",
                                                  most_answer_bytes >> 20));
    drop_notifications(connection_);
    pollfd waiting{PQsocket(connection_), POLLIN, 0};
    ::poll(&waiting, 1, -1);
    if (PQconsumeInput(connection_) == 0) break;
  }
  drop_notifications(connection_);
  return result_of(connection_);
}

void AnswerReader::throw_failed(const PGresult& failed, const std::string& statement) {
  constexpr int most = 100;  // libpq keeps the text of each until the answer is over
  for (int further = 0; next(); ++further)
    if (further == most) throw pqxx::broken_connection("the server reports one error after another");
  throw_failure(connection_, &failed, statement);
}

void throw_failure(const PGconn* connection, const PGresult* result, const std::string& statement) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string said = result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result);
  if (state == nullptr || std::strlen(state) == 0) throw pqxx::broken_connection(said);
  throw pqxx::sql_error(said, statement, state);
}

void run_command(PGconn* connection, const std::string& statements) {
  AnswerReader answer(connection);
  if (PQsendQuery(connection, statements.c_str()) == 0) throw_failure(connection, nullptr, statements);
  PQsetSingleRowMode(connection);
  while (const ResultHandle result = answer.next()) {
    const ExecStatusType status = PQresultStatus(result.get());
    const bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
    if (!fine) answer.throw_failed(*result, statements);
  }
}

}  // namespace queuetrace

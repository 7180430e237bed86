// The answer to one statement as it comes, bounded in memory whatever a server sends.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace queuetrace {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// PQgetResult(), but notifications are dropped as they come, and a message that makes libpq take more memory than any
/// answer may have is not waited for: Error{refused}. Absent: the answer is over. Whoever waits sees to the time
/// (AnswerWatch).
ResultHandle next_result(PGconn* connection);

/// Sends the statements, without values, and drops what they return. Throws what libpqxx throws, and as next_result().
void run_command(PGconn* connection, const std::string& statements);

/// Throws what libpqxx throws for a result that is a failure; `result` may be absent: the connection has gone.
[[noreturn]] void throw_failure(const PGconn* connection, const PGresult* result, const std::string& statement);

/// Reads an answer of which `failed` is a part to its end, which comes at once, and throws as throw_failure().
[[noreturn]] void throw_failed_answer(PGconn* connection, const PGresult& failed, const std::string& statement);

}  // namespace queuetrace

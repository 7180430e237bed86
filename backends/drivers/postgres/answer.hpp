// Answers as they come, bounded in memory whatever a server sends.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>

namespace queuetrace {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// Takes the answers to what is sent over a connection after this was made. Whoever waits sees to the time
/// (AnswerWatch). Every member throws what libpqxx throws.
class AnswerReader {
 public:
  explicit AnswerReader(PGconn* connection);

  PGconn* connection() const { return connection_; }
  /// PQgetResult(), but notifications are dropped as they come, and a message that makes libpq take more memory than
  /// any answer may have is not waited for: Error{refused}. Absent: the answer to a statement is over.
  ResultHandle next();
  /// How much of the answer is kept by now, which is not libpq's.
  void keep(std::uint64_t bytes) { kept_ = bytes; }
  /// Reads an answer of which `failed` is a part to its end, which comes at once, and throws as throw_failure().
  [[noreturn]] void throw_failed(const PGresult& failed, const std::string& statement);

 private:
  PGconn* connection_;
  std::size_t held_before_;
  std::uint64_t kept_ = 0;
};

/// Sends the statements, without values, and drops what they return. Throws what libpqxx throws, and as
/// AnswerReader::next().
void run_command(PGconn* connection, const std::string& statements);

/// Throws what libpqxx throws for a result that is a failure; `result` may be absent: the connection has gone.
[[noreturn]] void throw_failure(const PGconn* connection, const PGresult* result, const std::string& statement);

}  // namespace queuetrace

// From PostgreSQL's and libpq's words to Error. Only the primary message is kept: DETAIL and CONTEXT quote rows.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/error.hpp"

namespace queuetrace {

/// What the server was asked when it refused: our own SQL, and whether in a transaction that writes.
struct RefusedStatement {
  std::string_view text = {};
  bool writes = false;
  /// Whether the statement had its time: one that ends earlier was cancelled from outside. Absent: it had.
  std::function<bool()> ran_out = {};
};

/// A connection that went. `message`: what the server or libpq said last.
Error lost_connection(std::string_view message, const std::string& target);

/// An error with a SQLSTATE. `target` names the database for the message. A missing permission is named in the hint.
Error statement_error(std::string_view sqlstate, std::string_view message, const std::string& target,
                      const RefusedStatement& refused = {});

/// A failure to connect. libpq gives no SQLSTATE here, only text: the server's own line (`FATAL`, in the language of
/// its lc_messages) is recognised, and within it the names it quotes decide: the database alone means that it is
/// missing, the user that log-in was refused. English phrases decide first.
Error connection_error(std::string_view message, const std::string& target, std::string_view database);

}  // namespace queuetrace

#include "backends/drivers/postgres/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace queuetrace {
namespace {

/// The first line without `ERROR:  ` and the like.
std::string primary(std::string_view message) {
  constexpr std::size_t longest = 1'000;
  const std::size_t at = message.find(":  ");
  if (at != std::string_view::npos && at < 12) message.remove_prefix(at + 3);
  return std::string(message.substr(0, std::min(longest, message.find('\n'))));
}

template <std::size_t size>
bool contains_any(std::string_view text, const std::array<std::string_view, size>& phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view p) { return text.find(p) != std::string_view::npos; });
}

Error make(ErrorKind kind, std::string what, std::string cause, std::string hint = {}) {
  Error error(kind, what);
  error.because(Untrusted(std::move(cause)));
  error.with_hint(std::move(hint));
  return error;
}

/// What the role lacks, as far as it can be told: the server names the object, the statement what was done to it.
std::string missing_grant(std::string_view message, const RefusedStatement& refused) {
  const auto says = [&](std::string_view phrase) { return message.find(phrase) != std::string_view::npos; };
  const auto does = [&](std::string_view words) { return refused.text.find(words) != std::string_view::npos; };
  if (says("row-level security")) return "a row security policy keeps this role from it";
  if (says("for schema")) return "grant USAGE on the schema to this role";
  if (says("for function")) return "grant EXECUTE on the function to this role";
  std::string verbs = "SELECT";
  if (does("INSERT INTO ")) verbs += ", INSERT";
  if (does("UPDATE")) verbs += ", UPDATE";  // SELECT ... FOR UPDATE asks for it, too
  if (does("DELETE FROM ")) verbs += ", DELETE";
  const bool hidden = refused.writes && verbs == "SELECT";  // a function of the system may have written
  if (hidden) verbs += ", INSERT, UPDATE, DELETE";
  return fmt::format("grant USAGE on the schema and {} on the tables to this role{}", verbs,
                     hidden ? ", as far as this change needs them" : "");
}

}  // namespace

Error lost_connection(std::string_view message, const std::string& target) {
  return make(ErrorKind::unreachable, fmt::format("lost {}", target), primary(message));
}

Error statement_error(std::string_view sqlstate, std::string_view message, const std::string& target,
                      const RefusedStatement& refused) {
  const auto is = [&](std::string_view beginning) { return sqlstate.starts_with(beginning); };
  const std::string cause = fmt::format("{} (SQLSTATE {})", primary(message), sqlstate);
  if (is("08") && message.find("statement pooling") != std::string_view::npos)
    return make(ErrorKind::usage, fmt::format("the pooler before {} keeps no transaction together", target), cause,
                "set pool_mode = transaction or session in PgBouncer, or name the server itself");
  if (is("57014") && refused.ran_out && !refused.ran_out())
    return make(ErrorKind::unreachable, fmt::format("the statement was ended at {}", target), cause);
  if (is("57014")) return make(ErrorKind::timed_out, "timed out", cause);
  if (is("55P03")) return make(ErrorKind::timed_out, "timed out", cause, "another session holds a lock on the table");
  if (is("28") || is("42501"))
    return make(ErrorKind::authentication, fmt::format("permission denied at {}", target), cause,
                missing_grant(message, refused));
  if (is("25006") && refused.writes)
    return make(ErrorKind::authentication, fmt::format("{} takes no changes", target), cause,
                "name the primary server in the source");
  if (is("3D000") || is("3F000") || is("42P01"))
    return make(ErrorKind::not_found, fmt::format("a table, schema or database is missing at {}", target), cause);
  if (is("08") || is("57P0") || is("53")) return make(ErrorKind::unreachable, fmt::format("lost {}", target), cause);
  // A standby that catches up, or two transactions in each other's way: the same may succeed the next time.
  if (is("40") && !refused.writes)
    return make(ErrorKind::unreachable, fmt::format("the statement was ended at {}", target), cause, "try again");
  if (is("22021") || is("22P05"))
    return make(ErrorKind::internal, fmt::format("a text is not valid in the encoding of {}", target), cause);
  return make(ErrorKind::internal, fmt::format("the statement failed at {}", target), cause);
}

Error connection_error(std::string_view message, const std::string& target, std::string_view database) {
  static constexpr std::array<std::string_view, 10> refused{"authentication failed",
                                                            "no password supplied",
                                                            "password authentication",
                                                            "pg_hba.conf",
                                                            "permission denied for",
                                                            "is not permitted to log in",
                                                            "certificate authentication",
                                                            "valid client certificate",
                                                            "role \"",
                                                            "SASL"};
  static constexpr std::array<std::string_view, 4> busy{"starting up", "shutting down", "too many",
                                                        "remaining connection"};
  static constexpr std::array<std::string_view, 10> talked{"FATAL",
                                                           "ERROR",
                                                           "connection to server",
                                                           "could not",
                                                           "timeout expired",
                                                           "server closed",
                                                           "SSL",
                                                           "certificate",
                                                           "no password supplied",
                                                           "received invalid response"};
  const bool answered =
      message.find("FATAL") != std::string_view::npos || message.find("ERROR") != std::string_view::npos;
  // libpq's own line names host and user first; the server's words come behind its severity.
  std::string_view said = message;
  if (const std::size_t at = message.find("FATAL"); at != std::string_view::npos) said = message.substr(at);
  std::string cause = primary(said);
  // A password with an unquoted `@` ends up in the host name: only the resolver's own words go on.
  if (cause.find("translate host name") != std::string::npos) cause.erase(0, cause.rfind(": ") + 2);
  const std::string quoted_database = fmt::format("\"{}\"", database);

  if (message.find("definition of service") != std::string_view::npos)
    return make(ErrorKind::not_found, "the libpq service is not defined", cause, "see pg_service.conf, PGSERVICEFILE");
  // What does not read never reached a server; libpq quotes the part it stumbled over, which may be the password.
  if (!contains_any(message, talked)) return Error(ErrorKind::usage, "this is not a PostgreSQL connection string");
  if (contains_any(said, busy)) return make(ErrorKind::unreachable, fmt::format("cannot connect to {}", target), cause);
  if (answered && cause.starts_with("role \"") && cause.ends_with("does not exist"))
    return make(ErrorKind::authentication, fmt::format("{} refused the log-in", target), cause,
                "name the user in the URL, postgresql://USER@host/database, or with PGUSER");
  if (contains_any(said, refused) || message.find("no password supplied") != std::string_view::npos)
    return make(ErrorKind::authentication, fmt::format("{} refused the log-in", target), cause,
                "check user and password (PGPASSWORD, ~/.pgpass, password_command)");
  if (answered && said.find(quoted_database) != std::string_view::npos)
    return make(ErrorKind::not_found, fmt::format("there is no such database at {}", target), cause);
  if (answered && said.find('"') != std::string_view::npos)
    return make(ErrorKind::authentication, fmt::format("{} refused the log-in", target), cause,
                "check user and password (PGPASSWORD, ~/.pgpass, password_command)");
  return make(ErrorKind::unreachable, fmt::format("cannot connect to {}", target), cause);
}

}  // namespace queuetrace

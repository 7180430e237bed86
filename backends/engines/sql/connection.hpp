// What the sql engine needs of a database. backends/drivers/postgres and backends/drivers/sqlite implement it; nothing
// else sees their libraries.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

enum class SqlFlavour { postgresql, sqlite };

/// A statement of constant text and bound values; data never becomes SQL text. Parameters are `$1`, `$2`, ... in both
/// flavours and travel as text; the statement casts them. An absent value is NULL. In PostgreSQL a list travels as an
/// array literal (`$1::text[]`).
struct SqlStatement {
  std::string text;
  std::vector<std::optional<std::string>> parameters;
  /// Above 0, of SqlConnection::query: the row with which this many bytes have been read is the last one, whether or
  /// not more would come (SqlResult::is_cut). 0: the answer is read whole, or not at all beyond most_answer_bytes.
  std::uint64_t enough_bytes = 0;
  /// PostgreSQL: names are looked up along the session's own search path. All other statements find what is in
  /// pg_catalog and nothing else without a schema, so nobody's functions and operators stand in for the server's.
  bool own_search_path = false;
  /// PostgreSQL: the memory that one sort of the server may take, in bytes; 0: as the server is set up.
  std::uint64_t sort_bytes = 0;
};

/// No statement reads more into memory than this and one row.
inline constexpr std::uint64_t most_answer_bytes = 64 << 20;

/// Rows of text values. Cells stay valid as long as the result lives.
class SqlResult {
 public:
  virtual ~SqlResult() = default;
  virtual std::size_t rows() const = 0;
  virtual std::size_t columns() const = 0;
  /// The value's text form; absent for NULL. PostgreSQL: session in UTC, ISO dates. SQLite: integers in decimal, blobs
  /// as their bytes.
  virtual std::optional<std::string_view> cell(std::size_t row, std::size_t column) const = 0;
  /// The rows end at SqlStatement::enough_bytes: more may be there.
  virtual bool is_cut() const { return false; }
};

/// A transaction that writes, READ COMMITTED. What was not committed when it goes is rolled back. The server ends
/// statements after the time-out given to begin_write() and does not wait longer than it was given for a lock; one that
/// says nothing for 5 s more is given up as lost.
class SqlTransaction {
 public:
  static constexpr std::chrono::milliseconds lock_wait{2'000};  ///< unless told

  virtual ~SqlTransaction() = default;
  /// Throws as SqlConnection::query; after that only the destructor may be called.
  virtual std::unique_ptr<SqlResult> run(const SqlStatement& statement) = 0;
  /// Throws Error: unreachable when the connection was lost before the answer, so that nobody knows; others when the
  /// server refused and nothing changed.
  virtual void commit() = 0;
};

/// One session. Queries run where the server itself keeps them from writing (PostgreSQL: read-only transactions;
/// SQLite: query_only); a session opened for reading has no other kind.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  virtual SqlFlavour flavour() const = 0;
  /// `PostgreSQL 15.18`, `SQLite 3.40.1`.
  virtual std::string server() const = 0;
  /// Where we are connected, without secrets: `db.example:5432/jobs`.
  virtual std::string target() const = 0;
  /// What a check should say about the connection itself (`not encrypted by demand`); our own words.
  virtual std::vector<std::string> remarks() const { return {}; }
  /// Runs one statement in a transaction of its own and ends it, so nothing is held between calls. The server stops it
  /// after `timeout` (zero: never); one that says nothing for 5 s more is given up as lost. Throws Error: unreachable
  /// (lost), timed_out, authentication (permission), not_found (no such table), refused (too large), internal.
  virtual std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) = 0;
  /// How long one statement may take where nobody says otherwise (Source::statement_timeout).
  virtual std::chrono::milliseconds usual_timeout() const { return std::chrono::milliseconds(10'000); }
  /// Why this server takes no changes at all (`the server is a standby and takes no changes`); empty when it may. Asks
  /// the server. Throws Error: unreachable, usage (a pooler before it keeps no transaction together).
  virtual std::string write_obstacle() { return {}; }
  /// Whether the session was opened for reading: begin_write() throws.
  virtual bool only_reads() const { return false; }
  /// Begins the one write transaction there may be at a time; query() must not be called until it is gone. `timeout`
  /// for one statement (zero: 5 s), `lock_wait` for one lock. Throws Error{internal} in a session opened for reading;
  /// unreachable.
  virtual std::unique_ptr<SqlTransaction> begin_write(
      std::chrono::milliseconds timeout, std::chrono::milliseconds lock_wait = SqlTransaction::lock_wait) = 0;
};

}  // namespace queuetrace

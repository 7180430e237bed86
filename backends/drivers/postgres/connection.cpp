#include "backends/drivers/postgres/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "backends/drivers/postgres/answer_watch.hpp"
#include "backends/drivers/postgres/connection_string.hpp"
#include "backends/drivers/postgres/failure.hpp"
#include "model/error.hpp"

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

/// Names the place without secrets: host (or socket folder), port, database.
std::string describe(pqxx::connection& connection) {
  const char* host = connection.hostname();
  const char* port = connection.port();
  const char* database = connection.dbname();
  return fmt::format("{}:{}/{}", host ? host : "", port ? port : "", database ? database : "");
}

/// libpqxx 6 forgets the SQLSTATE of some of its own classes.
std::string state_of(const pqxx::sql_error& failure) {
  if (!failure.sqlstate().empty()) return failure.sqlstate();
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&failure) != nullptr) return "42501";
  if (dynamic_cast<const pqxx::undefined_table*>(&failure) != nullptr) return "42P01";
  return {};
}

/// How much longer than its own time-out the server may take to say that a statement ran into it.
constexpr std::chrono::milliseconds grace{5'000};

class PostgresConnection : public SqlConnection {
 public:
  PostgresConnection(const Source& source, Access access)
      : access_(access),
        connection_string_(connection_string(source)),
        target_(source.name),
        has_sslmode_(sets_keyword(source.url.reveal(), "sslmode") || std::getenv("PGSSLMODE") != nullptr) {
    open();
  }

  SqlFlavour flavour() const override { return SqlFlavour::postgresql; }
  std::string target() const override { return target_; }

  std::string server() const override {
    return version_ >= 100'000
               ? fmt::format("PostgreSQL {}.{}", version_ / 10'000, version_ % 10'000)
               : fmt::format("PostgreSQL {}.{}.{}", version_ / 10'000, version_ / 100 % 100, version_ % 100);
  }

  std::vector<std::string> remarks() const override {
    const bool local = target_.starts_with('/') || target_.starts_with("localhost:") || target_.starts_with("127.") ||
                       target_.starts_with("::1:") || target_.starts_with(':');
    if (local || has_sslmode_) return {};
    return {"sslmode is not set: libpq encrypts when the server offers it and checks no certificate"};
  }

  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    reopen_when_lost();
    return translated([&] { return run(statement, timeout); }, {statement.text, false});
  }

  bool only_reads() const override { return access_ != Access::write; }
  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    if (only_reads()) throw Error(ErrorKind::internal, "a session for reading was asked to write");
    reopen_when_lost();
    if (timeout == std::chrono::milliseconds::zero()) timeout = std::chrono::milliseconds(5'000);
    return translated([&] { return std::make_unique<WriteTransaction>(*this, timeout, lock_wait); });
  }

 private:
  class WriteTransaction : public SqlTransaction {
   public:
    WriteTransaction(PostgresConnection& owner, std::chrono::milliseconds timeout, std::chrono::milliseconds wait)
        : owner_(owner), patience_(timeout + grace), session_(*owner.connection_) {
      const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
      session_.exec(owner.begin("ISOLATION LEVEL READ COMMITTED READ WRITE", timeout, wait));
    }
    ~WriteTransaction() override {
      if (is_over_ || !owner_.connection_) return;
      const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
      try {
        session_.exec("ROLLBACK");
      } catch (const std::exception&) {
        owner_.is_lost_ = true;  // the next use opens another connection; the server rolls this one back
      }
    }
    WriteTransaction(const WriteTransaction&) = delete;
    WriteTransaction& operator=(const WriteTransaction&) = delete;

    std::unique_ptr<SqlResult> run(const SqlStatement& statement) override {
      return owner_.translated(
          [&] {
            const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
            return std::make_unique<PostgresResult>(execute(session_, statement));
          },
          {statement.text, true});
    }
    void commit() override {
      is_over_ = true;
      owner_.translated([&] {
        const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
        return session_.exec("COMMIT");
      });
    }

   private:
    PostgresConnection& owner_;
    std::chrono::milliseconds patience_;
    pqxx::nontransaction session_;
    bool is_over_ = false;
  };

  /// Runs `work`; what libpqxx throws becomes Error, and a connection that is not fit any more is given up.
  template <typename Work>
  auto translated(const Work& work, const RefusedStatement& statement = {}) -> decltype(work()) {
    try {
      return work();
    } catch (const pqxx::broken_connection& failure) {
      is_lost_ = true;
      throw lost(failure.what());
    } catch (const pqxx::sql_error& failure) {
      if (!connection_->is_open()) is_lost_ = true;
      if (watch_.gave_up_after()) throw lost(failure.what());
      throw statement_error(state_of(failure), failure.what(), target_, statement);
    } catch (const pqxx::failure& failure) {
      is_lost_ = true;
      throw lost(failure.what());
    }
  }

  Error lost(const std::string& message) const {
    const std::optional<std::chrono::milliseconds> waited = watch_.gave_up_after();
    return statement_error("08006", waited ? fmt::format("no answer within {} s", waited->count() / 1000) : message,
                           target_);
  }

  int socket() const { return connection_->sock(); }

  void reopen_when_lost() {
    if (is_lost_) connection_.reset();
    if (!connection_) open();
    is_lost_ = false;
  }

  void open() {
    try {
      connection_.emplace(connection_string_.reveal());
    } catch (const std::exception& failure) {
      throw connection_error(failure.what(), target_, database_in(connection_string_.reveal()));
    }
#if PQXX_VERSION_MAJOR < 7
    // A connection that came back by itself would no longer be inside our read-only transaction.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    connection_->set_verbosity(pqxx::connection_base::terse);
#else
    connection_->set_verbosity(pqxx::error_verbosity::terse);
#endif
    version_ = connection_->server_version();
    target_ = describe(*connection_);
  }

  /// The database a connection string asks for, for telling errors apart; empty when it does not say.
  static std::string database_in(std::string_view text) {
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
      const std::size_t slash = text.find('/', scheme + 3);
      if (slash == std::string_view::npos) return {};
      return std::string(text.substr(slash + 1, text.find('?', slash) - slash - 1));
    }
    const std::size_t at = text.find("dbname=");
    if (at == std::string_view::npos) return {};
    std::string name(text.substr(at + 7, text.find(' ', at) - at - 7));
    std::erase(name, '\'');
    return name;
  }

  std::string begin(std::string_view mode, std::chrono::milliseconds timeout,
                    std::chrono::milliseconds lock_wait) const {
    const auto limit = timeout.count();
    return fmt::format(
        "BEGIN {3}; SET LOCAL statement_timeout = {0}; SET LOCAL lock_timeout = {1}; "
        "SET LOCAL idle_in_transaction_session_timeout = 60000; SET LOCAL client_encoding = 'UTF8'; "
        "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'{2}",
        limit, limit == 0 ? lock_wait.count() : std::min<long>(limit, lock_wait.count()),
        version_ >= 110'000 ? "; SET LOCAL jit = off" : "", mode);
  }

  std::unique_ptr<SqlResult> run(const SqlStatement& statement, std::chrono::milliseconds timeout) {
    const AnswerWatch::Wait waiting(watch_, socket(), timeout.count() == 0 ? timeout : timeout + grace);
    pqxx::nontransaction session(*connection_);
    session.exec(begin("READ ONLY", timeout, std::chrono::milliseconds(5'000)));
    try {
      std::unique_ptr<SqlResult> result = std::make_unique<PostgresResult>(execute(session, statement));
      session.exec("COMMIT");
      return result;
    } catch (const pqxx::broken_connection&) {
      throw;
    } catch (const pqxx::sql_error&) {
      try {
        session.exec("ROLLBACK");
      } catch (const pqxx::failure&) {
        is_lost_ = true;
      }
      throw;
    }
  }

  static pqxx::result execute(pqxx::nontransaction& session, const SqlStatement& statement) {
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

  Access access_;
  Secret connection_string_;
  std::string target_;
  bool has_sslmode_;
  bool is_lost_ = false;  ///< not to be used again
  int version_ = 0;
  std::optional<pqxx::connection> connection_;
  AnswerWatch watch_;
};

}  // namespace

std::shared_ptr<SqlConnection> connect_postgres(const Source& source, Access access) {
  return std::make_shared<PostgresConnection>(source, access);
}

}  // namespace queuetrace

#include "backends/drivers/postgres/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "backends/drivers/postgres/answer.hpp"
#include "backends/drivers/postgres/answer_watch.hpp"
#include "backends/drivers/postgres/connection_string.hpp"
#include "backends/drivers/postgres/failure.hpp"
#include "backends/drivers/postgres/libpq.hpp"
#include "backends/drivers/postgres/read_transaction.hpp"
#include "backends/drivers/postgres/session.hpp"
#include "backends/drivers/postgres/statement.hpp"
#include "backends/drivers/postgres/text_encoding.hpp"
#include "backends/drivers/postgres/transaction_start.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Names the place without secrets: host (or socket folder), port, database.
std::string describe(PqxxConnection& connection) {
  const char* host = connection.hostname();
  const char* port = connection.port();
  const char* database = connection.dbname();
  return fmt::format("{}:{}/{}", host ? host : "", port ? port : "", database ? database : "");
}

/// How much longer than its own time-out the server may take to say that a statement ran into it.
constexpr std::chrono::milliseconds grace{5'000};

class PostgresConnection : public SqlConnection {
 public:
  PostgresConnection(const Source& source, Access access)
      : access_(access),
        connection_string_(connection_string(source)),
        target_(source.name),
        connect_timeout_(source.connect_timeout),
        usual_timeout_(source.statement_timeout),
        keywords_(keywords_of(connection_string_.reveal()).value_or(std::map<std::string, std::string>())),
        // Where it cannot be told what of a URL is the password, libpq's words may quote a part of it.
        may_quote_(source.url.reveal().find("://") == std::string::npos || parse_connection_url(source.url.reveal())) {
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
    if (local || keywords_.contains("sslmode") || std::getenv("PGSSLMODE") != nullptr) return {};
    return {"sslmode is not set: libpq encrypts when the server offers it and checks no certificate"};
  }

  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    reopen_when_lost();
    const auto began = std::chrono::steady_clock::now();
    // The server measures with a clock of its own, which may be set meanwhile: a twentieth less counts, too.
    const auto ran_out = [&] {
      return timeout.count() > 0 && std::chrono::steady_clock::now() - began >= timeout - timeout / 20;
    };
    // What is lost, or in the middle of an answer, is closed at once: nothing stays open on the server.
    const auto close_when_lost = [&](void*) {
      if (is_lost_) connection_.reset();
    };
    const std::unique_ptr<void, decltype(close_when_lost)> closing(this, close_when_lost);
    return translated(
        [&] {
          return run_whatever_text(statement, timeout, std::bind_front(&PostgresConnection::run, this),
                                   [this] { return connection_->pqxx().is_open(); });
        },
        {statement.text, false, ran_out});
  }

  std::chrono::milliseconds usual_timeout() const override { return usual_timeout_; }

  std::string write_obstacle() override {
    const std::unique_ptr<SqlResult> rows = query({"SELECT pg_is_in_recovery()::text", {}}, std::chrono::seconds(5));
    if (rows->cell(0, 0) == "true") return "the server is a standby and takes no changes";
    translated([&] {  // which a pooler of statements refuses
      constexpr std::chrono::milliseconds patience{5'000};
      const AnswerWatch::Wait waiting(watch_, socket(), patience);
      run_command(handle(), "BEGIN READ ONLY");
      run_command(handle(), "ROLLBACK");
    });
    return {};
  }

  bool only_reads() const override { return access_ != Access::write; }
  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    if (only_reads()) throw Error(ErrorKind::internal, "a session for reading was asked to write");
    reopen_when_lost();
    if (timeout == std::chrono::milliseconds::zero()) timeout = std::chrono::milliseconds(5'000);
    return translated([&] { return std::make_unique<WriteTransaction>(*this, timeout, lock_wait); }, {"", true, {}});
  }

 private:
  class WriteTransaction : public SqlTransaction {
   public:
    WriteTransaction(PostgresConnection& owner, std::chrono::milliseconds timeout, std::chrono::milliseconds wait)
        : owner_(owner), patience_(timeout + grace) {
      const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
      const TransactionStart start = owner.start("READ WRITE", {timeout, wait});
      run_command(owner_.handle(), start.begin + "; " + start.settings);
    }
    ~WriteTransaction() override {
      if (is_over_ || !owner_.connection_) return;
      const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
      try {
        run_command(owner_.handle(), "ROLLBACK");
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
            AnswerReader answer(owner_.handle());
            send_statement(owner_.handle(), statement);
            return take_rows(answer, statement);
          },
          {statement.text, true, {}});
    }
    void commit() override {
      is_over_ = true;
      owner_.translated([&] {
        const AnswerWatch::Wait waiting(owner_.watch_, owner_.socket(), patience_);
        run_command(owner_.handle(), "COMMIT");
      });
    }

   private:
    PostgresConnection& owner_;
    std::chrono::milliseconds patience_;
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
      if (!connection_->pqxx().is_open()) is_lost_ = true;
      if (watch_.gave_up_after()) throw lost(failure.what());
      throw statement_error(state_of(failure), failure.what(), target_, statement);
    } catch (const Error&) {  // in the middle of an answer
      is_lost_ = true;
      throw;
    } catch (const pqxx::failure& failure) {
      is_lost_ = true;
      throw lost(failure.what());
    }
  }

  /// libpqxx stumbles over a connection that has gone and speaks of that; what the server said before it went is with
  /// libpq.
  Error lost(const std::string& message) const {
    if (const std::optional<std::chrono::milliseconds> waited = watch_.gave_up_after())
      return lost_connection(fmt::format("no answer within {} s", waited->count() / 1000), target_);
    const std::string last = connection_ ? connection_->last_words() : "";
    return lost_connection(last.empty() ? message : last, target_);
  }

  int socket() const { return PQsocket(handle()); }
  PGconn* handle() const { return connection_->handle(); }

  /// Whether the server ended the session while nothing was asked of it, as for idle_session_timeout or its own
  /// restart.
  bool was_ended() const {
    pollfd idle{socket(), POLLIN, 0};
    for (int reads = 0; reads < 16 && ::poll(&idle, 1, 0) > 0; ++reads)
      if (PQconsumeInput(handle()) == 0) return true;
    return PQstatus(handle()) == CONNECTION_BAD;
  }

  void reopen_when_lost() {
    if (is_lost_ || (connection_ && was_ended())) connection_.reset();
    if (!connection_) open();
    is_lost_ = false;
  }

  void open() {
    try {
      connection_.emplace(connection_string_.reveal(), connect_timeout_);
    } catch (const std::exception& failure) {
      const auto database = keywords_.find("dbname");
      Error error = connection_error(failure.what(), target_, database == keywords_.end() ? "" : database->second);
      if (!may_quote_) error.because(Untrusted());
      throw error;
    }
    version_ = connection_->pqxx().server_version();
    target_ = describe(connection_->pqxx());
    // Bytes of such a database are in no encoding that could be translated; it takes and gives them as they are.
    client_encoding_ = connection_->reported("server_encoding") == "SQL_ASCII" ? raw_bytes : "UTF8";
  }

  TransactionStart start(std::string_view mode, const TransactionLimits& limits, std::string_view encoding = {},
                         NamesFound names = NamesFound::in_catalogue) const {
    return transaction_start(version_, mode, limits, encoding.empty() ? client_encoding_ : encoding, names);
  }

  std::unique_ptr<SqlResult> run(const SqlStatement& statement, std::chrono::milliseconds timeout,
                                 std::string_view encoding) {
    const AnswerWatch::Wait waiting(watch_, socket(), timeout.count() == 0 ? timeout : timeout + grace);
    try {
      std::unique_ptr<SqlResult> result =
          read_in_transaction(handle(),
                              start("READ ONLY", {timeout, std::chrono::seconds(5), statement.sort_bytes}, encoding,
                                    statement.own_search_path ? NamesFound::by_own_search : NamesFound::in_catalogue),
                              statement);
      if (result->is_cut())
        is_lost_ = true;  // closing ends the statement; a request to cancel it may wait for as long as it likes
      return result;
    } catch (const pqxx::broken_connection&) {
      throw;
    } catch (const pqxx::sql_error&) {
      try {
        run_command(handle(), "ROLLBACK");
      } catch (const std::exception&) {
        is_lost_ = true;
      }
      throw;
    }
  }

  Access access_;
  Secret connection_string_;
  std::string target_;
  std::chrono::milliseconds connect_timeout_;
  std::chrono::milliseconds usual_timeout_;
  std::map<std::string, std::string> keywords_;
  bool may_quote_;
  bool is_lost_ = false;  ///< not to be used again
  int version_ = 0;
  std::string_view client_encoding_ = "UTF8";
  std::optional<PostgresSession> connection_;
  AnswerWatch watch_;
};

}  // namespace

std::shared_ptr<SqlConnection> connect_postgres(const Source& source, Access access) {
  libpq.load();
  return std::make_shared<PostgresConnection>(source, access);
}

}  // namespace queuetrace

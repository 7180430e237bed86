// A connection that tells which statements went through it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "backends/engines/sql/connection.hpp"

namespace queuetrace::test {

/// Passes statements of a transaction on and keeps them.
class RecordedTransaction : public SqlTransaction {
 public:
  RecordedTransaction(std::unique_ptr<SqlTransaction> inner, std::vector<SqlStatement>& statements)
      : inner_(std::move(inner)), statements_(statements) {}
  std::unique_ptr<SqlResult> run(const SqlStatement& statement) override {
    statements_.push_back(statement);
    return inner_->run(statement);
  }
  void commit() override { inner_->commit(); }

 private:
  std::unique_ptr<SqlTransaction> inner_;
  std::vector<SqlStatement>& statements_;
};

/// Passes statements on and keeps them.
class RecordedConnection : public SqlConnection {
 public:
  explicit RecordedConnection(std::shared_ptr<SqlConnection> inner) : inner_(std::move(inner)) {}
  SqlFlavour flavour() const override { return inner_->flavour(); }
  std::string server() const override { return inner_->server(); }
  std::chrono::milliseconds usual_timeout() const override { return inner_->usual_timeout(); }
  std::string target() const override { return inner_->target(); }
  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    statements.push_back(statement);
    timeouts.push_back(timeout);
    return inner_->query(statement, timeout);
  }
  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    return std::make_unique<RecordedTransaction>(inner_->begin_write(timeout, lock_wait), written);
  }

  bool only_reads() const override { return inner_->only_reads(); }
  std::string write_obstacle() override { return inner_->write_obstacle(); }

  std::vector<SqlStatement> statements;
  std::vector<SqlStatement> written;                ///< those of transactions that write
  std::vector<std::chrono::milliseconds> timeouts;  ///< of each

 private:
  std::shared_ptr<SqlConnection> inner_;
};

}  // namespace queuetrace::test

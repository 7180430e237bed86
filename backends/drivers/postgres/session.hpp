// One libpqxx connection whose libpq handle is known: what the server said last stays readable when libpqxx fails over
// a connection that has gone.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "backends/drivers/postgres/connecting.hpp"

namespace queuetrace {

#if PQXX_VERSION_MAJOR < 7

/// connect_direct that remembers its handle.
class RememberedHandle : public pqxx::connect_direct {
 public:
  explicit RememberedHandle(const std::string& options) : pqxx::connect_direct(options) {}
  handle do_startconnect(handle original) override {
    current() = original != nullptr ? original : connect_within(options(), wait());
    return current();
  }
  /// How long the next connection of this thread may take to be made.
  static std::chrono::milliseconds& wait() {
    thread_local std::chrono::milliseconds longest{};
    return longest;
  }
  /// The one made last in this thread.
  static handle& current() {
    thread_local handle made = nullptr;
    return made;
  }
};

using PqxxConnection = pqxx::basic_connection_base<RememberedHandle>;

#else

using PqxxConnection = pqxx::connection;

#endif

/// Opens a connection, which each address of the server may take so long to make. Throws what libpqxx throws.
class PostgresSession {
 public:
  PostgresSession(const std::string& connection_string, std::chrono::milliseconds longest)
#if PQXX_VERSION_MAJOR < 7
      : connection_((RememberedHandle::wait() = longest, std::make_unique<PqxxConnection>(connection_string))),
        handle_(RememberedHandle::current()) {
    // A connection that came back by itself would no longer be inside our read-only transaction.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    connection_->set_verbosity(pqxx::connection_base::terse);
  }
#else
      : handle_(connect_within(connection_string, longest)),
        connection_(std::make_unique<PqxxConnection>(PqxxConnection::seize_raw_connection(handle_))) {
    connection_->set_verbosity(pqxx::error_verbosity::terse);
  }
#endif

  PqxxConnection& pqxx() const { return *connection_; }
  PGconn* handle() const { return handle_; }

  /// What the server, or libpq, said last; empty when nothing.
  std::string last_words() const { return PQerrorMessage(handle_); }

  /// A parameter that the server reports by itself (`server_encoding`); empty when it does not.
  std::string reported(const char* parameter) const {
    const char* value = PQparameterStatus(handle_, parameter);
    return value == nullptr ? "" : value;
  }

 private:
#if PQXX_VERSION_MAJOR < 7
  std::unique_ptr<PqxxConnection> connection_;
  PGconn* handle_;
#else
  PGconn* handle_;
  std::unique_ptr<PqxxConnection> connection_;
#endif
};

}  // namespace queuetrace

#include "backends/drivers/postgres/connecting.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <pqxx/pqxx>
#include <string_view>

namespace queuetrace {
namespace {

using Clock = std::chrono::steady_clock;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, Finish>;

/// Whether libpq may go on before the time is over.
bool wait_for(const PGconn* connection, PostgresPollingStatusType wanted, Clock::time_point end) {
  pollfd waiting{PQsocket(connection), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<long long>(left, 3'600'000)));
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
}

/// libpq would write what the server remarks on its own (settings of the role that are not valid) to standard error,
/// byte for byte; it is about no job, and may be made to control a terminal.
void be_silent(PGconn* connection) {
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
}

/// Hosts one after the other are libpq's: only it can leave one that took the connection and says nothing.
bool has_several_hosts(PGconn* connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(connection), PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    if ((keyword == "host" || keyword == "hostaddr") && option->val != nullptr &&
        std::string_view(option->val).find(',') != std::string_view::npos)
      return true;
  }
  return false;
}

}  // namespace

PGconn* connect_within(const std::string& connection_string, std::chrono::milliseconds longest) {
  Handle connection(PQconnectStart(connection_string.c_str()));
  if (!connection) throw std::bad_alloc();
  be_silent(connection.get());
  const bool several = has_several_hosts(connection.get());
  Clock::time_point end = Clock::now() + longest;
  bool ran_out = false;
  PostgresPollingStatusType wanted =
      PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
    if (!wait_for(connection.get(), wanted, end)) {
      ran_out = true;
      if (PQstatus(connection.get()) != CONNECTION_STARTED) break;
      // Nobody took the connection: libpq goes on to the next address once this one has failed.
      ::shutdown(PQsocket(connection.get()), SHUT_RDWR);
      end = Clock::now() + longest;
    }
    wanted = PQconnectPoll(connection.get());
  }
  if (wanted == PGRES_POLLING_OK) return connection.release();
  if (ran_out && wanted != PGRES_POLLING_FAILED && several) connection.reset(PQconnectdb(connection_string.c_str()));
  if (PQstatus(connection.get()) == CONNECTION_OK) return connection.release();
  if (ran_out && !several) throw pqxx::broken_connection("connection to server failed: timeout expired");
  throw pqxx::broken_connection(PQerrorMessage(connection.get()));
}

}  // namespace queuetrace

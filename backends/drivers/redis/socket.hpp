// A byte stream to one Redis server: TCP or Unix socket, plain or TLS, every wait bounded.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "backends/drivers/redis/target.hpp"
#include "backends/drivers/redis/tls.hpp"

namespace queuetrace {

class Socket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Connects, and for TLS shakes hands, before the deadline. Throws Error: unreachable; usage for unusable
  /// certificate files.
  Socket(const RedisAddress& address, const TlsSettings* tls, Deadline deadline);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Writes everything. Throws Error{unreachable}.
  void write(std::string_view bytes, Deadline deadline);

  /// Reads what there is, at least one byte. Throws Error{unreachable} at the deadline and when the server has closed.
  std::size_t read(std::span<char> into, Deadline deadline);

  /// Throws what a wait that took too long throws.
  [[noreturn]] void time_out() const;

 private:
  void connect_tcp(const RedisAddress& address, Deadline deadline);
  void connect_unix(const RedisAddress& address, Deadline deadline);
  /// 0, or the error number; `name_length` bytes at `name` are the peer's address.
  int try_connect(int family, const void* name, unsigned name_length, Deadline deadline);
  void shake_hands(const TlsSettings& tls, const std::string& host, Deadline deadline);
  void wait(short events, Deadline deadline, const char* doing);
  void wait_for_tls(int result, Deadline deadline, const char* doing);
  /// Why the server ended the connection, where it said so before: in TLS 1.3 it refuses our certificate once we are
  /// writing already. Empty: it did not say.
  std::string last_alert();

  std::string peer_;
  int descriptor_ = -1;
  SslPointer tls_;
};

}  // namespace queuetrace

#include "backends/drivers/redis/socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "backends/drivers/redis/openssl.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Error unreachable(const std::string& message, int number) {
  Error error(ErrorKind::unreachable, message);
  if (number != 0) error.because(Untrusted(std::string(std::strerror(number))));
  return error;
}

/// OpenSSL writes without MSG_NOSIGNAL: while this lives, a closed connection raises no SIGPIPE in this thread.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigset_t pending;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipe() {
    const int number = errno;
    const timespec at_once{0, 0};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = number;
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

int remaining(Socket::Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

}  // namespace

Socket::Socket(const RedisAddress& address, const TlsSettings* tls, Deadline deadline) : peer_(to_text(address)) {
  if (tls != nullptr) libssl.load();  // before a server is asked in vain
  try {
    if (address.socket_path.empty())
      connect_tcp(address, deadline);
    else
      connect_unix(address, deadline);
    if (tls != nullptr) shake_hands(*tls, address.host, deadline);
  } catch (...) {
    tls_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

Socket::~Socket() {
  if (tls_) {
    const NoBrokenPipe guard;
    SSL_shutdown(tls_.get());
  }
  tls_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Socket::try_connect(int family, const void* name, unsigned name_length, Deadline deadline) {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return errno;
  if (::connect(descriptor_, static_cast<const sockaddr*>(name), name_length) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd waiting{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  int ready = 0;
  do ready = ::poll(&waiting, 1, remaining(deadline));
  while (ready < 0 && errno == EINTR && remaining(deadline) > 0);
  if (ready <= 0) return ETIMEDOUT;
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failure, &size);
  return failure;
}

void Socket::connect_tcp(const RedisAddress& address, Deadline deadline) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (const int failure = ::getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found); failure != 0)
    throw Error(ErrorKind::unreachable, "cannot find the Redis host " + address.host)
        .because(Untrusted(std::string(::gai_strerror(failure))));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  int failure = ECONNREFUSED;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    failure = try_connect(each->ai_family, each->ai_addr, each->ai_addrlen, deadline);
    if (failure == 0) break;
  }
  if (failure != 0) throw unreachable("cannot connect to Redis at " + peer_, failure);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void Socket::connect_unix(const RedisAddress& address, Deadline deadline) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address.socket_path.size() >= sizeof name.sun_path)
    throw Error(ErrorKind::usage, "the path of the Redis socket is too long: " + address.socket_path);
  std::copy(address.socket_path.begin(), address.socket_path.end(), name.sun_path);
  if (const int failure = try_connect(AF_UNIX, &name, sizeof name, deadline); failure != 0) {
    Error error = unreachable("cannot connect to Redis at " + peer_, failure);
    if (failure == EACCES) error.with_hint("the file's permissions keep this user out");
    throw error;
  }
}

void Socket::shake_hands(const TlsSettings& tls, const std::string& host, Deadline deadline) {
  tls_ = make_tls(tls, host, descriptor_);
  for (;;) {
    ERR_clear_error();
    const NoBrokenPipe guard;
    const int result = SSL_connect(tls_.get());
    if (result == 1) return;
    wait_for_tls(result, deadline, "TLS handshake with Redis at ");
  }
}

void Socket::wait(short events, Deadline deadline, const char* doing) {
  pollfd waiting{.fd = descriptor_, .events = events, .revents = 0};
  for (;;) {
    const int ready = ::poll(&waiting, 1, remaining(deadline));
    if (ready > 0) return;
    if (ready == 0) throw Error(ErrorKind::timed_out, doing + peer_ + " timed out");
    if (errno != EINTR) throw unreachable(doing + peer_ + " failed", errno);
  }
}

void Socket::wait_for_tls(int result, Deadline deadline, const char* doing) {
  const int number = errno;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return wait(POLLIN, deadline, doing);
    case SSL_ERROR_WANT_WRITE: return wait(POLLOUT, deadline, doing);
    case SSL_ERROR_ZERO_RETURN: throw Error(ErrorKind::unreachable, "Redis at " + peer_ + " closed the connection");
    case SSL_ERROR_SYSCALL:
      if (const std::string said = last_alert(); !said.empty())
        throw Error(ErrorKind::unreachable, doing + peer_ + " failed").because(Untrusted(said));
      if (number != 0) throw unreachable(doing + peer_ + " failed", number);
      [[fallthrough]];
    default: throw Error(ErrorKind::unreachable, doing + peer_ + " failed").because(Untrusted(tls_failure(tls_.get())));
  }
}

std::string Socket::last_alert() {
  ERR_clear_error();
  char byte = 0;
  const int result = SSL_read(tls_.get(), &byte, 1);
  return result <= 0 && SSL_get_error(tls_.get(), result) == SSL_ERROR_SSL ? tls_failure(tls_.get()) : std::string();
}

void Socket::write(std::string_view bytes, Deadline deadline) {
  static constexpr char doing[] = "sending to Redis at ";
  while (!bytes.empty()) {
    if (tls_) {
      ERR_clear_error();
      const NoBrokenPipe guard;
      const int count =
          SSL_write(tls_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      if (count > 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else
        wait_for_tls(count, deadline, doing);
      continue;
    }
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0)
      bytes.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      wait(POLLOUT, deadline, doing);
    else if (errno != EINTR)
      throw unreachable("the connection to Redis at " + peer_ + " was lost", errno);
  }
}

void Socket::time_out() const { throw Error(ErrorKind::timed_out, "waiting for Redis at " + peer_ + " timed out"); }

std::size_t Socket::read(std::span<char> into, Deadline deadline) {
  static constexpr char doing[] = "waiting for Redis at ";
  for (;;) {
    if (tls_) {
      ERR_clear_error();
      const int count =
          SSL_read(tls_.get(), into.data(), static_cast<int>(std::min<std::size_t>(into.size(), 1 << 20)));
      if (count > 0) return static_cast<std::size_t>(count);
      wait_for_tls(count, deadline, doing);
      continue;
    }
    const ssize_t count = ::recv(descriptor_, into.data(), into.size(), 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) throw Error(ErrorKind::unreachable, "Redis at " + peer_ + " closed the connection");
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      wait(POLLIN, deadline, doing);
    else if (errno != EINTR)
      throw unreachable("the connection to Redis at " + peer_ + " was lost", errno);
  }
}

}  // namespace queuetrace

// A socket on a free port of 127.0.0.1, for servers that tests make up.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>

namespace queuetrace::test {

struct LoopbackListener {
  int descriptor = -1;  ///< listening; the caller closes it
  std::uint16_t port = 0;
};

/// Throws std::runtime_error where no port is to be had.
inline LoopbackListener listen_on_loopback() {
  LoopbackListener listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 0};
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  if (::bind(listener.descriptor, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener.descriptor, 16) != 0 ||
      ::getsockname(listener.descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    ::close(listener.descriptor);
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  listener.port = ntohs(name.sin_port);
  return listener;
}

}  // namespace queuetrace::test

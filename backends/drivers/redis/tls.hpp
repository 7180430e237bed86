// TLS over a connected socket: settings, handshake, verification. The only place that knows OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "backends/drivers/redis/target.hpp"

namespace queuetrace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPointer = std::unique_ptr<SSL, FreeSsl>;

/// A client connection over the non-blocking socket, ready for its handshake; TLS 1.2 or newer. `host` is what the
/// certificate must name (a name or an IP address) unless the settings say otherwise. Throws Error{usage} for files
/// that cannot be read.
SslPointer make_tls(const TlsSettings& settings, const std::string& host, int socket);

/// What OpenSSL has to say about the last failure, certificate verification first.
std::string tls_failure(const SSL* ssl);

}  // namespace queuetrace

// Where a Redis URL points: servers, credentials, database, encryption. Plain data made from a source.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/connection_url.hpp"
#include "model/secret.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// One server: a TCP address, or a Unix socket when `socket_path` is not empty.
struct RedisAddress {
  std::string host;
  std::uint16_t port = 6379;
  std::string socket_path;

  friend auto operator<=>(const RedisAddress&, const RedisAddress&) = default;
};

/// `host:port`, `[::1]:port` or the path of the socket.
std::string to_text(const RedisAddress& address);

/// Reads `host`, `host:port`, `[v6]:port`, several joined by commas. Throws Error{usage}.
std::vector<RedisAddress> parse_addresses(const std::string& hosts, std::uint16_t default_port);

/// Certificates are verified against the system's authorities (or `authorities`) and the host name unless `insecure`.
struct TlsSettings {
  std::string authorities;  ///< PEM file; empty: the system's
  std::string certificate;  ///< PEM file of our own certificate chain; empty: none
  std::string key;          ///< PEM file of its key; empty: in `certificate`
  std::string server_name;  ///< SNI and the name to verify; empty: the host
  bool insecure = false;    ///< accept any certificate
};

struct RedisTarget {
  enum class Kind { standalone, sentinel, cluster };
  Kind kind = Kind::standalone;
  std::vector<RedisAddress> addresses;  ///< sentinels, cluster seeds, or exactly one server
  std::string master;                   ///< Sentinel's name of the master
  std::string user;                     ///< empty: the default user
  std::optional<Secret> password;
  std::string sentinel_user;
  std::optional<Secret> sentinel_password;
  int database = 0;
  std::optional<TlsSettings> tls;
  Access access = Access::read;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds command_timeout{10'000};
};

/// The target of a parsed URL with the source's password and time-outs. Schemes: redis, rediss, unix, redis+unix,
/// redis+sentinel, rediss+sentinel, redis+cluster, rediss+cluster. Parameters: db, cacert, cert, key, sni, insecure,
/// sentinel_user, sentinel_password. Throws Error{usage}.
RedisTarget make_redis_target(const ConnectionUrl& url, const Source& source);

}  // namespace queuetrace

#include "backends/drivers/redis/target.hpp"

#include <charconv>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::uint16_t redis_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;

int parse_number(const std::string& text, int maximum, const std::string& what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > maximum)
    throw Error(ErrorKind::usage, what + " in the Redis URL must be a number from 0 to " + std::to_string(maximum));
  return value;
}

bool is_true(const std::string& text) { return text == "true" || text == "1" || text == "yes"; }

std::string parameter(const ConnectionUrl& url, const std::string& name) {
  const auto found = url.parameters.find(name);
  return found == url.parameters.end() ? std::string() : found->second;
}

TlsSettings tls_settings(const ConnectionUrl& url) {
  return {.authorities = parameter(url, "cacert"),
          .certificate = parameter(url, "cert"),
          .key = parameter(url, "key"),
          .server_name = parameter(url, "sni"),
          .insecure = is_true(parameter(url, "insecure"))};
}

void check_parameters(const ConnectionUrl& url) {
  static constexpr std::string_view known[] = {"db",  "cacert",   "cert",          "key",
                                               "sni", "insecure", "sentinel_user", "sentinel_password"};
  for (const auto& [name, value] : url.parameters) {
    bool found = false;
    for (const std::string_view candidate : known) found = found || candidate == name;
    if (!found)
      throw Error(ErrorKind::usage, "unknown parameter '" + name + "' in the Redis URL")
          .with_hint("known parameters: db, cacert, cert, key, sni, insecure, sentinel_user, sentinel_password");
  }
}

std::string without_slashes(std::string path) {
  while (!path.empty() && path.front() == '/') path.erase(0, 1);
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::string to_text(const RedisAddress& address) {
  if (!address.socket_path.empty()) return address.socket_path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::vector<RedisAddress> parse_addresses(const std::string& hosts, std::uint16_t default_port) {
  std::vector<RedisAddress> addresses;
  std::size_t start = 0;
  while (start <= hosts.size()) {
    const std::size_t comma = std::min(hosts.find(',', start), hosts.size());
    const std::string one = hosts.substr(start, comma - start);
    start = comma + 1;
    RedisAddress address{.host = one, .port = default_port, .socket_path = {}};
    std::size_t colon = one.rfind(':');
    if (!one.empty() && one.front() == '[') {
      const std::size_t close = one.find(']');
      if (close == std::string::npos) throw Error(ErrorKind::usage, "missing ']' in the host of the Redis URL");
      address.host = one.substr(1, close - 1);
      // RFC 6874: in a URL the sign before the zone of an address is written as %25.
      if (const std::size_t zone = address.host.find("%25"); zone != std::string::npos) address.host.erase(zone + 1, 2);
      colon = close + 1 < one.size() && one[close + 1] == ':' ? close + 1 : std::string::npos;
    } else if (colon != std::string::npos) {
      address.host = one.substr(0, colon);
    }
    if (colon != std::string::npos)
      address.port = static_cast<std::uint16_t>(parse_number(one.substr(colon + 1), 65535, "the port"));
    if (address.host.empty()) address.host = "localhost";
    addresses.push_back(std::move(address));
  }
  return addresses;
}

RedisTarget make_redis_target(const ConnectionUrl& url, const Source& source) {
  check_parameters(url);
  RedisTarget target;
  target.user = url.user;
  if (source.password)
    target.password = source.password;
  else if (url.has_password)
    target.password = url.password;
  target.connect_timeout = source.connect_timeout;
  target.command_timeout = source.statement_timeout;

  std::string database = parameter(url, "db");
  if (url.scheme == "unix" || url.scheme == "redis+unix") {
    if (url.path.empty()) throw Error(ErrorKind::usage, "the Redis URL names no socket file");
    target.addresses.push_back({.host = {}, .port = 0, .socket_path = url.path});
  } else {
    const bool sentinel = url.scheme == "redis+sentinel" || url.scheme == "rediss+sentinel";
    const bool cluster = url.scheme == "redis+cluster" || url.scheme == "rediss+cluster";
    if (!sentinel && !cluster && url.scheme != "redis" && url.scheme != "rediss")
      throw Error(ErrorKind::usage, "'" + url.scheme + "' is not a Redis scheme")
          .with_hint("redis://, rediss://, unix://, redis+sentinel://, redis+cluster://");
    if (url.scheme.starts_with("rediss")) target.tls = tls_settings(url);
    target.addresses = parse_addresses(url.hosts, sentinel ? sentinel_port : redis_port);
    std::string path = without_slashes(url.path);
    if (sentinel) {
      target.kind = RedisTarget::Kind::sentinel;
      const std::size_t slash = path.find('/');
      target.master = path.substr(0, slash);
      path = slash == std::string::npos ? std::string() : path.substr(slash + 1);
      if (target.master.empty())
        throw Error(ErrorKind::usage, "the Sentinel URL names no master")
            .with_hint("redis+sentinel://host:26379/MASTER/DB");
      target.sentinel_user = parameter(url, "sentinel_user");
      if (const std::string password = parameter(url, "sentinel_password"); !password.empty())
        target.sentinel_password = Secret(password);
    } else if (cluster) {
      target.kind = RedisTarget::Kind::cluster;
    } else if (target.addresses.size() != 1) {
      throw Error(ErrorKind::usage, "a redis:// URL names one host")
          .with_hint("use redis+sentinel:// or redis+cluster:// for several");
    }
    if (!path.empty()) database = path;
  }
  if (!database.empty()) target.database = parse_number(database, 1'000'000, "the database");
  if (target.kind == RedisTarget::Kind::cluster && target.database != 0)
    throw Error(ErrorKind::usage, "a Redis Cluster has database 0 only");
  return target;
}

}  // namespace queuetrace

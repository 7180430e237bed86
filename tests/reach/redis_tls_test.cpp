// Redis behind TLS, by the program: an authority of one's own, names, dates, and certificates of clients.
#include <doctest/doctest.h>

#include "tests/faults/world.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/redis_server.hpp"

namespace queuetrace::test {
namespace {

/// A Redis with a queue of BullMQ that answers over TLS alone but for the test's own socket.
class TlsServer {
 public:
  TlsServer(const CertificateAuthority& authority, const Certificate& own, const std::string& clients = "no")
      : port_(free_port()),
        server_({"--tls-port", std::to_string(port_), "--tls-cert-file", own.certificate.string(), "--tls-key-file",
                 own.key.string(), "--tls-ca-cert-file", authority.certificate().string(), "--tls-auth-clients",
                 clients}) {
    server_.run({{"HSET", "bull:mail:meta", "version", "bullmq:5.81.5"},
                 {"SET", "bull:mail:id", "7"},
                 {"HSET", "bull:mail:7", "name", "send", "data", "{}", "opts", "{}", "timestamp", "1782900000000"},
                 {"LPUSH", "bull:mail:wait", "7"}});
  }

  std::string url(const std::string& host, const std::string& parameters) const {
    return "rediss://" + host + ":" + std::to_string(port_) + "/0" + (parameters.empty() ? "" : "?" + parameters);
  }

 private:
  std::uint16_t port_;
  RedisServer server_;
};

ProgramResult list(const World& world, const std::string& url) {
  return world.run({"job", "list", "-o", "name", "--source", url});
}

void check_refused(const ProgramResult& result, const std::string& reason) {
  CHECK(result.exit_code == 5);
  CHECK(result.output.empty());
  CHECK_MESSAGE(result.messages.find(reason) != std::string::npos, result.messages);
}

}  // namespace

TEST_CASE("Redis over TLS: the server is who its certificate says, or is not talked to") {
  const World world;
  CertificateAuthority authority;
  const CertificateAuthority other;
  const std::string trusted = "cacert=" + authority.certificate().string();
  {
    const TlsServer server(authority, authority.issue("server", "localhost", "DNS:localhost"));
    const ProgramResult shown = list(world, server.url("localhost", trusted));
    CHECK_MESSAGE(shown.exit_code == 0, shown.messages);
    CHECK(shown.output.find("mail:7") != std::string::npos);
    CHECK(list(world, server.url("127.0.0.1", trusted + "&sni=localhost")).output.ends_with("/mail:7\n"));
    check_refused(list(world, server.url("127.0.0.1", trusted)), "IP address mismatch");
    check_refused(list(world, server.url("localhost", trusted + "&sni=redis.example")), "hostname mismatch");
    check_refused(list(world, server.url("localhost", "")), "self-signed certificate in certificate chain");
    check_refused(list(world, server.url("localhost", "cacert=" + other.certificate().string())),
                  "self-signed certificate in certificate chain");
    const ProgramResult unchecked = list(world, server.url("localhost", "insecure=true"));
    CHECK(unchecked.output == shown.output);
  }
  const TlsServer late(authority, authority.issue("late", "localhost", "DNS:localhost", -1));
  check_refused(list(world, late.url("localhost", trusted)), "certificate has expired");
}

TEST_CASE("Redis over TLS: the client shows the certificate that it is asked for") {
  const World world;
  CertificateAuthority authority;
  CertificateAuthority other;
  const TlsServer server(authority, authority.issue("server", "localhost", "DNS:localhost"), "yes");
  const std::string trusted = "cacert=" + authority.certificate().string();
  const auto with = [&](const Certificate& own) {
    return server.url("localhost", trusted + "&cert=" + own.certificate.string() + "&key=" + own.key.string());
  };
  const ProgramResult shown = list(world, with(authority.issue("operator", "operator")));
  CHECK_MESSAGE(shown.exit_code == 0, shown.messages);
  CHECK(shown.output.find("mail:7") != std::string::npos);
  check_refused(list(world, server.url("localhost", trusted)), "certificate required");
  check_refused(list(world, with(other.issue("stranger", "operator"))), "unknown ca");
  check_refused(list(world, with(authority.issue("former", "operator", "", -1))), "certificate expired");
  const ProgramResult no_key = list(
      world, server.url("localhost", trusted + "&cert=" + authority.certificate().string() + "&key=/nonexistent.pem"));
  CHECK(no_key.exit_code == 2);
  CHECK(no_key.messages.find("client key") != std::string::npos);
}

}  // namespace queuetrace::test

// The ways in which PostgreSQL is reached, by the program: TLS that is verified, SCRAM, certificates of clients,
// service files, several hosts, and PgBouncer in between.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/faults/world.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/listening_postgres.hpp"
#include "tests/support/loopback_listener.hpp"
#include "tests/support/pooler.hpp"

namespace queuetrace::test {
namespace {

const std::string jobs = std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql";

std::string at(const ListeningPostgres& server, const std::string& user, const std::string& parameters,
               const std::string& host = "localhost") {
  return "postgresql://" + user + "@" + host + ":" + std::to_string(server.port()) + "/postgres?" + parameters;
}

ProgramResult list(const World& world, const std::string& url) {
  return world.run({"job", "list", "-o", "name", "-l", "3", "--source", url});
}

void check_refused(const ProgramResult& result, int exit_code, const std::string& reason) {
  CHECK(result.exit_code == exit_code);
  CHECK(result.output.empty());
  CHECK_MESSAGE(result.messages.find(reason) != std::string::npos, result.messages);
}

void check_listed(const ProgramResult& result) {
  CHECK_MESSAGE(result.exit_code == 0, result.messages);
  CHECK_MESSAGE(std::ranges::count(result.output, '\n') == 3, result.output);
}

}  // namespace

TEST_CASE("PostgreSQL over TLS: verify-full talks to the server of the certificate alone") {
  const World world;
  CertificateAuthority authority;
  const CertificateAuthority other;
  // `localhost` is 127.0.0.1 or ::1; the server is at the first.
  ListeningPostgres server(
      "hostssl all reader 127.0.0.1/32 trust\nhostssl all named 127.0.0.1/32 cert\nhost all plain 127.0.0.1/32 trust\n",
      authority.issue("server", "localhost", "DNS:localhost"), authority);
  server.run_file(jobs);
  server.run(
      "CREATE ROLE reader LOGIN; CREATE ROLE named LOGIN; CREATE ROLE plain LOGIN; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader, named, plain");
  const std::string verified = "sslmode=verify-full&sslrootcert=" + authority.certificate().string();
  check_listed(list(world, at(server, "reader", verified)));
  check_refused(list(world, at(server, "reader", verified, "127.0.0.1")), 5, "does not match host name");
  check_refused(list(world, at(server, "reader", "sslmode=verify-full&sslrootcert=" + other.certificate().string())), 5,
                "certificate verify failed");
  check_refused(list(world, at(server, "reader", "sslmode=verify-full&sslrootcert=/nonexistent.pem")), 5,
                "does not exist");
  check_refused(list(world, at(server, "reader", "sslmode=disable")), 4, "no encryption");

  const Certificate own = authority.issue("named", "named"), stranger = authority.issue("other", "somebody");
  const auto showing = [&](const Certificate& certificate) {
    return verified + "&sslcert=" + certificate.certificate.string() + "&sslkey=" + certificate.key.string();
  };
  check_listed(list(world, at(server, "named", showing(own))));
  check_refused(list(world, at(server, "named", verified)), 4, "valid client certificate");
  check_refused(list(world, at(server, "named", showing(stranger))), 4, "certificate authentication failed");

  server.show(authority.issue("late", "localhost", "DNS:localhost", -1));
  check_refused(list(world, at(server, "reader", verified)), 5, "certificate verify failed");
}

TEST_CASE("PostgreSQL: SCRAM, service files and several hosts") {
  World world;
  const ListeningPostgres server("host all clerk 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
  server.run_file(jobs);
  server.run("SET password_encryption = 'scram-sha-256'; CREATE ROLE clerk LOGIN PASSWORD '" + std::string(canary) +
             "'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk");
  const std::string port = std::to_string(server.port());

  check_listed(list(world, "postgresql://clerk:" + std::string(canary) + "@127.0.0.1:" + port + "/postgres"));
  check_refused(list(world, "postgresql://clerk:wrong@127.0.0.1:" + port + "/postgres"), 4, "refused the log-in");
  check_refused(list(world, "postgresql://clerk@127.0.0.1:" + port + "/postgres"), 4, "refused the log-in");
  world.set("PGPASSWORD", canary);
  check_listed(list(world, "postgresql://clerk@127.0.0.1:" + port + "/postgres"));

  const std::string services = (world.home() / "services.conf").string();
  std::ofstream(services) << "[queues]\nhost=127.0.0.1\nport=" << port << "\nuser=clerk\ndbname=postgres\n";
  world.set("PGSERVICEFILE", services);
  check_listed(list(world, "postgresql:///?service=queues"));
  check_refused(list(world, "postgresql:///?service=none"), 3, "the libpq service is not defined");
  world.set("PGSERVICE", "queues");
  check_listed(world.run({"job", "list", "-o", "name", "-l", "3"}));

  // Nobody listens at the first; the second takes no changes.
  const LoopbackListener closed = listen_on_loopback();
  ::close(closed.descriptor);
  const ListeningPostgres reading("host all all 127.0.0.1/32 trust\n");
  reading.run("ALTER SYSTEM SET default_transaction_read_only = on");
  reading.run("SELECT pg_reload_conf()");
  while (reading.ask("SHOW default_transaction_read_only") != "on") {
  }
  const std::string hosts = "127.0.0.1:" + std::to_string(closed.port) +
                            ",127.0.0.1:" + std::to_string(reading.port()) + ",127.0.0.1:" + port;
  check_listed(list(world, "postgresql://postgres@" + hosts + "/postgres?target_session_attrs=read-write"));
  check_refused(list(world, "postgresql://postgres@127.0.0.1:" + std::to_string(closed.port) +
                                ",127.0.0.1:" + std::to_string(closed.port) + "/postgres"),
                5, "Connection refused");
}

TEST_CASE("PgBouncer: sessions share a connection; where statements are pooled, only what reads works") {
  const World world;
  const ListeningPostgres server("host all all 127.0.0.1/32 trust\n");
  server.run_file(jobs);
  const std::string dead = "SELECT count(*) FROM hammerwork_jobs WHERE status = 'Dead'";
  REQUIRE(server.ask(dead) != "0");
  {
    const Pooler pooler(server, "transaction");
    check_listed(list(world, pooler.url()));
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"stats"}, {"peek"}, {"queue", "list"}, {"job", "errors"}, {"source", "check"}, {"doctor"}, {"health"}}) {
      std::vector<std::string> direct = words, pooled = words;
      for (auto* one : {&direct, &pooled}) one->insert(one->end(), {"-o", "json", "--source"});
      direct.push_back("postgresql:///postgres?user=postgres&port=" + std::to_string(server.port()) +
                       "&host=" + server.folder().string());
      pooled.push_back(pooler.url());
      CHECK_MESSAGE(world.run(pooled).exit_code == world.run(direct).exit_code, words.front());
    }
    const ProgramResult retried =
        world.run({"job", "retry", "--state", "dead", "--yes", "-o", "json", "--source", pooler.url()});
    CHECK_MESSAGE(retried.exit_code == 0, retried.messages);
    CHECK(server.ask(dead) == "0");
    const ProgramResult undone = world.run({"undo", "--yes", "-o", "json", "--source", pooler.url()});
    CHECK_MESSAGE(undone.exit_code == 0, undone.messages);
    CHECK(server.ask(dead) != "0");
    // What one session sets stays behind for no other.
    CHECK(server.ask("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == "0");
  }
  // What reads is one message with all of its transaction; what writes waits for answers within one.
  const Pooler pooler(server, "statement");
  check_listed(list(world, pooler.url()));
  const std::string before = server.ask(dead);
  check_refused(world.run({"job", "retry", "--state", "dead", "--yes", "-o", "json", "--source", pooler.url()}), 2,
                "set pool_mode = transaction or session in PgBouncer");
  CHECK(server.ask(dead) == before);
}

}  // namespace queuetrace::test

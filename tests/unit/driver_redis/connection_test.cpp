// Connections to real servers and to a fake one: log-in, permissions, TLS, Sentinel, Cluster, and servers that fail.
#include "backends/drivers/redis/connection.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "backends/drivers/redis/hash_slot.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using test::RedisServer;

namespace {

std::optional<ErrorKind> kind_of_failure(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

/// Listens on the loopback address and answers the first connection's first bytes with `answer`, then says no more.
class FakeServer {
 public:
  explicit FakeServer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) == 0);
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      char buffer[4096];
      if (peer < 0 || ::recv(peer, buffer, sizeof buffer, 0) <= 0) return;
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      while (::recv(peer, buffer, sizeof buffer, 0) > 0) {
      }
      ::close(peer);
    });
  }
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  RedisTarget target() const {
    RedisTarget target;
    target.addresses.push_back({"127.0.0.1", port_, ""});
    target.command_timeout = std::chrono::milliseconds(400);
    return target;
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

void run_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
  pid_t process = -1;
  REQUIRE(::posix_spawnp(&process, words[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  ::waitpid(process, &status, 0);
  REQUIRE(status == 0);
}

std::filesystem::path new_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "queuetrace-tls-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

}  // namespace

TEST_CASE("commands over TCP and Unix sockets, pipelined and in a transaction") {
  RedisServer server;
  server.run({{"RPUSH", "l", "a", "b"}, {"SET", "s", "v"}});
  for (const RedisTarget& target : {server.target(), server.tcp_target()}) {
    const std::shared_ptr<RedisConnection> connection = connect_redis(target);
    const std::vector<RedisCommand> commands{{"LRANGE", "l", "0", "-1"}, {"GET", "s"}, {"GET", "l"}, {"GET", "none"}};
    const std::vector<Reply> replies = connection->pipeline(commands);
    CHECK(replies[0].size() == 2);
    CHECK(replies[1].text() == "v");
    CHECK(replies[2].text().starts_with("WRONGTYPE"));
    CHECK(replies[3].is(Reply::Type::nil));
    const std::vector<Reply> together =
        connection->transaction(std::vector<RedisCommand>(commands.begin(), commands.begin() + 2));
    CHECK(together[0][1].text() == "b");
    CHECK(together[1].text() == "v");
    connection->send(commands);
    CHECK(connection->outstanding() == 4);
    CHECK(connection->ask({"PING"}, "ping").text() == "PONG");
    CHECK(kind_of_failure([&] { connection->ask({"DEL", "s"}, "delete"); }) == ErrorKind::refused);
    CHECK(kind_of_failure([&] { connection->ask({"KEYS", "*"}, "keys"); }) == ErrorKind::refused);
    CHECK(connection->ask({"GET", "s"}, "get").text() == "v");
  }
  CHECK(server.ask({"GET", "s"}) == "v");
}

TEST_CASE("log-in, databases and permissions") {
  RedisServer server;
  server.run({{"ACL", "SETUSER", "reader", "on", ">pw", "~allowed*", "+get", "+client|setname"},
              {"ACL", "SETUSER", "default", "resetpass", ">secret"}});
  RedisTarget target = server.target();
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::authentication);
  target.password = Secret("wrong");
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::authentication);
  target.password = Secret("secret");
  target.database = 3;
  CHECK(connect_redis(target)->target().ends_with("/3"));
  target.database = 300;
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::usage);
  target.database = 0;
  target.user = "reader";
  target.password = Secret("pw");
  const std::shared_ptr<RedisConnection> connection = connect_redis(target);
  CHECK(connection->ask({"GET", "allowed"}, "get").is(Reply::Type::nil));
  CHECK(kind_of_failure([&] { connection->ask({"GET", "other"}, "get"); }) == ErrorKind::authentication);
  CHECK(kind_of_failure([&] { connection->ask({"SCAN", "0"}, "scan"); }) == ErrorKind::authentication);
}

TEST_CASE("servers that are not there, go away, or say nothing are unreachable") {
  RedisTarget target;
  target.addresses.push_back({"127.0.0.1", test::free_port(), ""});
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::unreachable);
  target.addresses = {{"", 0, "/nonexistent/redis.sock"}};
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::unreachable);
  {
    RedisServer server;
    const std::shared_ptr<RedisConnection> connection = connect_redis(server.target());
    server.kill();
    CHECK(kind_of_failure([&] { connection->ask({"PING"}, "ping"); }) == ErrorKind::unreachable);
    CHECK(kind_of_failure([&] { connection->ask({"PING"}, "ping"); }) == ErrorKind::unreachable);
  }
  const FakeServer silent("");
  CHECK(kind_of_failure([&] { connect_redis(silent.target()); }) == ErrorKind::timed_out);
}

TEST_CASE("a hostile server gets a protocol error, at once and without its lengths being believed") {
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "*1\r\n";
  for (const std::string& answer :
       {std::string("$9223372036854775807\r\n"), std::string("$-2\r\n"), std::string("*1000000000\r\n"), nested,
        std::string("HTTP/1.1 400 Bad Request\r\n")}) {
    const FakeServer server(answer);
    RedisTarget target = server.target();
    target.command_timeout = std::chrono::hours(1);  // longer than any test may run
    CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::unreachable);
  }
  const FakeServer loading("-LOADING Redis is loading the dataset in memory\r\n");
  CHECK(kind_of_failure([&] { connect_redis(loading.target()); }) == ErrorKind::unreachable);
  const FakeServer escapes("-ERR \x1b]0;x\x07\r\n-ERR \x1b]0;x\x07\r\n");
  try {
    const std::shared_ptr<RedisConnection> connection = connect_redis(escapes.target());
    connection->ask({"PING"}, "ping");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.cause().raw() == "ERR \x1b]0;x\x07");
    CHECK(std::string(error.what()).find('\x1b') == std::string::npos);
  }
}

TEST_CASE("TLS verifies the server unless told otherwise") {
  const std::filesystem::path folder = new_folder();
  const auto file = [&](const char* name) { return (folder / name).string(); };
  run_program({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost", "-keyout", file("key.pem"), "-out", file("cert.pem")});
  const std::uint16_t port = test::free_port();
  RedisServer server({"--tls-port", std::to_string(port), "--tls-cert-file", file("cert.pem"), "--tls-key-file",
                      file("key.pem"), "--tls-ca-cert-file", file("cert.pem"), "--tls-auth-clients", "optional"});
  server.run({{"SET", "big", std::string(3'000'000, 'x')}});
  RedisTarget target;
  target.addresses.push_back({"localhost", port, ""});
  target.tls = TlsSettings{};
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::unreachable);
  target.tls->authorities = file("cert.pem");
  CHECK(connect_redis(target)->ask({"GET", "big"}, "get").text().size() == 3'000'000);
  target.addresses.front().host = "127.0.0.1";  // the certificate does not name it
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::unreachable);
  target.tls->server_name = "localhost";
  CHECK_FALSE(connect_redis(target)->insecure());
  target.tls = TlsSettings{};
  target.tls->insecure = true;
  CHECK(connect_redis(target)->insecure());
  target.tls->authorities = "/nonexistent.pem";
  target.tls->insecure = false;
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::usage);
  target.tls = TlsSettings{};
  target.addresses.front().port = server.port();  // plain Redis behind rediss://
  target.command_timeout = target.connect_timeout = std::chrono::seconds(1);
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::timed_out);
  std::filesystem::remove_all(folder);
}

TEST_CASE("Sentinel names the master") {
  RedisServer master;
  master.run({{"SET", "who", "master"}});
  RedisServer sentinel({}, true);
  CHECK(sentinel.ask({"SENTINEL", "MONITOR", "main", "127.0.0.1", std::to_string(master.port()), "1"}) == "OK");
  RedisTarget target;
  target.kind = RedisTarget::Kind::sentinel;
  target.addresses = {{"127.0.0.1", test::free_port(), ""}, {"127.0.0.1", sentinel.port(), ""}};
  target.master = "main";
  CHECK(connect_redis(target)->ask({"GET", "who"}, "get").text() == "master");
  target.master = "other";
  CHECK(kind_of_failure([&] { connect_redis(target); }) == ErrorKind::not_found);
}

TEST_CASE("a cluster is read key by key and scanned node by node, redirections followed") {
  RedisServer first({"--cluster-enabled", "yes"}), second({"--cluster-enabled", "yes"});
  first.run({{"CLUSTER", "ADDSLOTSRANGE", "0", "8191"}, {"CLUSTER", "SET-CONFIG-EPOCH", "1"}});
  second.run({{"CLUSTER", "ADDSLOTSRANGE", "8192", "16383"}, {"CLUSTER", "SET-CONFIG-EPOCH", "2"}});
  first.run({{"CLUSTER", "MEET", "127.0.0.1", std::to_string(second.port())}});
  const auto settled = [](RedisServer& server) {
    return server.ask({"CLUSTER", "INFO"}).find("cluster_state:ok") != std::string::npos &&
           server.ask({"CLUSTER", "INFO"}).find("cluster_slots_assigned:16384") != std::string::npos;
  };
  while (!settled(first) || !settled(second)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  for (int i = 0; i < 20; ++i) {
    const std::string key = "key:" + std::to_string(i);
    (hash_slot(key) < 8192 ? first : second).run({{"SET", key, std::to_string(i)}});
  }
  RedisTarget target;
  target.kind = RedisTarget::Kind::cluster;
  target.addresses = {{"127.0.0.1", first.port(), ""}};
  const std::shared_ptr<RedisConnection> connection = connect_redis(target);
  REQUIRE(connection->nodes() == 2);
  std::vector<RedisCommand> commands;
  for (int i = 0; i < 20; ++i) commands.push_back({"GET", "key:" + std::to_string(i)});
  std::vector<Reply> replies = connection->pipeline(commands);
  for (int i = 0; i < 20; ++i) CHECK(replies[static_cast<std::size_t>(i)].text() == std::to_string(i));
  std::size_t keys = 0;
  for (std::size_t node = 0; node < 2; ++node) {
    RedisCommand scan{"SCAN", "0", "COUNT", "1000"};
    scan.node = node;
    keys += connection->ask(scan, "scan")[1].size();
  }
  CHECK(keys == 20);

  // One slot moves to the other node while the connection believes the old map.
  const std::string moved = "key:1";
  const std::string slot = std::to_string(hash_slot(moved));
  RedisServer& from = hash_slot(moved) < 8192 ? first : second;
  RedisServer& to = hash_slot(moved) < 8192 ? second : first;
  const std::string to_id = to.ask({"CLUSTER", "MYID"}), from_id = from.ask({"CLUSTER", "MYID"});
  to.run({{"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id}});
  from.run({{"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id},
            {"MIGRATE", "127.0.0.1", std::to_string(to.port()), moved, "0", "1000"}});
  replies = connection->pipeline(commands);  // ASK
  for (int i = 0; i < 20; ++i) CHECK(replies[static_cast<std::size_t>(i)].text() == std::to_string(i));
  to.run({{"CLUSTER", "SETSLOT", slot, "NODE", to_id}});
  from.run({{"CLUSTER", "SETSLOT", slot, "NODE", to_id}});
  replies = connection->pipeline(commands);  // MOVED
  for (int i = 0; i < 20; ++i) CHECK(replies[static_cast<std::size_t>(i)].text() == std::to_string(i));
}

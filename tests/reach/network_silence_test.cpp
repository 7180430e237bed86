// The program speaks to the servers of its sources and to nobody else: what it connects to and sends is looked at by
// strace.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/faults/world.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/listening_postgres.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/sanitized.hpp"

namespace queuetrace::test {
namespace {

using Words = std::vector<std::string>;

/// Who was spoken to, in order, separated by commas: `inet PORT` with the address where it is not 127.0.0.1, `unix
/// PATH`, and whatever else strace shows of an address (`AF_NETLINK`).
std::string peers(const World& world, Words words) {
  const std::string log = (world.home() / "trace.log").string();
  Words command{"strace", "-f", "-qq", "-y", "-e", "trace=connect,sendto,sendmsg,sendmmsg,bind", "-o", log};
  command.insert(command.end(), {"-E", without_leaks, QUEUETRACE_PROGRAM});
  command.insert(command.end(), words.begin(), words.end());
  const ProgramResult result = world.start(command);
  CHECK_MESSAGE(result.exit_code == 0, words.front(), ": ", result.messages);
  std::set<std::string> found;
  std::ifstream lines(log);
  REQUIRE(lines);
  const auto quoted = [](const std::string& line, const std::string& before) {
    const std::size_t from = line.find(before) + before.size();
    return line.substr(from, line.find('"', from) - from);
  };
  for (std::string line; std::getline(lines, line);) {
    const std::size_t family = line.find("sa_family=");
    if (family == std::string::npos) continue;  // over a connection that was seen to be made
    if (line.find("AF_UNIX") != std::string::npos) {
      // The C library asks the system's own service for the user's name, which the audit log keeps.
      const std::string path = quoted(line, "sun_path=\"");
      if (path != "/var/run/nscd/socket") found.insert("unix " + path);
    } else if (line.find("sa_family=AF_INET,") != std::string::npos) {
      const std::size_t port = line.find("htons(") + 6;
      const std::string address = quoted(line, "inet_addr(\"");
      found.insert("inet " + (address == "127.0.0.1" ? "" : address + " ") +
                   line.substr(port, line.find(')', port) - port));
    } else {
      found.insert(line.substr(family + 10, line.find_first_of(",}", family) - family - 10));
    }
  }
  std::string text;
  for (const std::string& one : found) text += (text.empty() ? "" : ", ") + one;
  return text;
}

/// Both, in the order of peers().
std::string both(const std::string& one, const std::string& other) {
  return std::min(one, other) + ", " + std::max(one, other);
}

}  // namespace

TEST_CASE("nothing is connected to where no source is asked") {
  World world;
  const std::string demo = (world.home() / "demo.db").string();
  for (const Words& words : std::vector<Words>{{"version"},
                                               {"--version"},
                                               {"--help"},
                                               {"job", "list", "--help"},
                                               {"completion", "bash"},
                                               {"completion", "zsh"},
                                               {"system", "list"},
                                               {"system", "show", "river"},
                                               {"config", "path"},
                                               {"demo", "--quiet", demo},
                                               {"job", "list", "-s", "sqlite:" + demo},
                                               {"stats", "-s", "sqlite:" + demo},
                                               {"doctor", "-s", "sqlite:" + demo},
                                               {"trace", "show", "order-12345", "-s", "sqlite:" + demo, "-o", "tree"},
                                               {"trace", "url", "order-12345", "-s", "sqlite:" + demo},
                                               {"history"}}) {
    CAPTURE(words.front());
    CHECK(peers(world, words) == std::string());
  }
}

TEST_CASE("only the servers of the sources asked are connected to") {
  World world;
  const ListeningPostgres postgres("host all all 127.0.0.1/32 trust\n");
  postgres.run_file(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql");
  RedisServer redis, other;
  redis.load(std::string(TEST_SYSTEMS) + "/go_redis_work_queue/fixtures/standard/load.redis");
  const HttpReceiver spans, collector;
  const std::string config = (world.home() / "config.toml").string();
  const std::string at_postgres = "inet " + std::to_string(postgres.port()),
                    at_redis = "inet " + std::to_string(redis.port());
  std::ofstream(config) << "default = ['pg', 'redis']\njaeger_base_url = '" << spans.url() << "'\n[sources.pg]\nurl = "
                        << "'postgresql://postgres@127.0.0.1:" << postgres.port() << "/postgres?sslmode=disable'\n"
                        << "[sources.redis]\nurl = 'redis://127.0.0.1:" << redis.port() << "'\n"
                        << "[sources.other]\nurl = 'redis://127.0.0.1:" << other.port() << "'\n";
  world.set("QUEUETRACE_CONFIG", config);
  for (const Words& words : std::vector<Words>{{"job", "list"},
                                               {"job", "errors"},
                                               {"stats"},
                                               {"queue", "list"},
                                               {"peek"},
                                               {"source", "check"},
                                               {"trace", "list"}}) {
    CAPTURE(words.front());
    CHECK(peers(world, words) == both(at_postgres, at_redis));
  }
  for (const Words& words :
       std::vector<Words>{{"version"}, {"source", "list"}, {"config", "show"}, {"completion", "fish"}})
    CHECK(peers(world, words) == std::string());
  CHECK(peers(world, {"job", "list", "-s", "redis"}) == at_redis);
  CHECK(peers(world, {"purge", "--state", "dead", "--dry-run", "-s", "pg"}) == at_postgres);
  CHECK(peers(world, {"purge", "--state", "dead", "--yes", "-s", "pg"}) == at_postgres);
  CHECK(spans.requests().empty());
  CHECK(collector.requests().empty());
  // What the environment names is told of a change, and nothing else.
  world.set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
  const std::string port = collector.url().substr(collector.url().rfind(':') + 1);
  CHECK(peers(world, {"undo", "--yes", "-s", "pg"}) == both(at_postgres, "inet " + port));
  CHECK(collector.requests().size() == 1);
}

}  // namespace queuetrace::test
